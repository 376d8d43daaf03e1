import type { EventOutcome } from '../../src/kube/events.ts';
import { TemperError } from '../../src/model/errors.ts';
import type { Logger } from '../../src/telemetry/logger.ts';
import type { Metrics } from '../../src/telemetry/metrics.ts';
import type { PublishObserver } from './publish.ts';

/** Counts patches and logs what a person should mend. */
export function publishObserver(metrics: Metrics, logger: Logger): PublishObserver {
  const patches = metrics.counter('temper_agent_patches_total');
  return {
    patched(outcome, cause, detail) {
      patches.inc({ outcome });
      logger.debug({ outcome, cause, detail }, 'node annotations');
    },
    problem: (error) => logger.warn({ error: error.id, remedy: error.remedy }, error.message),
    recovered: () => logger.info('node annotations are written again'),
  };
}

/** Counts events; a refusal is logged when it begins. */
export function eventObserver(metrics: Metrics, logger: Logger): (outcome: EventOutcome, detail: string) => void {
  const events = metrics.counter('temper_agent_events_total');
  let last: EventOutcome = 'ok';
  return (outcome, detail) => {
    events.inc({ outcome });
    const isRefused = outcome === 'forbidden' || outcome === 'rejected';
    if (isRefused && outcome !== last) {
      const error = new TemperError('TMP3154', detail);
      logger.warn({ error: error.id, remedy: error.remedy }, error.message);
    }
    last = outcome;
  };
}
