import { TemperError } from '../../src/model/errors.ts';
import type { Logger } from '../../src/telemetry/logger.ts';
import type { Metrics } from '../../src/telemetry/metrics.ts';
import { errorOfExit } from './errors.ts';
import { NO_ROOM } from './machine/handover.ts';
import type { SchedulerObserver } from './ports.ts';
import { EXIT_CLASSES, type SchedulerDetails } from './scheduler.ts';

const NO_NUMBERS = 'members change live; where the numbers of a layer change, another process takes over';

/** Counts and logs what the supervisor goes through. Labels that can be known before are exported as 0. */
export function telemetryObserver(metrics: Metrics, logger: Logger): SchedulerObserver {
  const attached = metrics.gauge('temper_scheduler_attached');
  const exits = metrics.counter('temper_scheduler_exits_total');
  const updates = metrics.counter('temper_scheduler_updates_total');
  const durations = metrics.histogram('temper_scheduler_update_duration_seconds');
  const gaps = metrics.histogram('temper_stock_gap_seconds');
  for (const exitClass of EXIT_CLASSES) exits.inc({ class: exitClass }, 0);
  attached.set(0);
  const repairs = metrics.counter('temper_scheduler_repairs_total');
  for (const what of ['members', 'layers']) repairs.inc({ what }, 0);
  let incomplete: string | null = null;

  return {
    exited(exit) {
      exits.inc({ class: exit.class });
      const id = errorOfExit(exit);
      const error = id === null ? undefined : new TemperError(id, exit.detail);
      const fields = { class: exit.class, detail: exit.detail };
      if (error === undefined) logger.info(fields, exit.isStandby ? 'the standby ended' : 'the scheduler ended');
      else logger.warn({ ...fields, error: error.id, remedy: error.remedy }, error.message);
    },
    updated(kind, cause, seconds) {
      updates.inc({ kind, cause });
      durations.observe({ kind }, seconds);
      logger.info({ kind, cause, seconds }, 'the layers are in force');
    },
    live(news) {
      if (news.type === 'abilities') {
        const { takesNumbers } = news;
        logger.info({ takesNumbers }, takesNumbers ? 'members and numbers change live' : NO_NUMBERS);
        return;
      }
      const { members, layers } = news;
      repairs.inc({ what: 'members' }, members);
      repairs.inc({ what: 'layers' }, layers);
      logger.warn({ members, layers }, 'the scheduler had not what it was told: set right');
    },
    gap(seconds) {
      gaps.observe(seconds);
    },
    changed(state) {
      attached.set(state.config === null ? 0 : 1);
      logState(logger, state);
      if (state.incomplete !== null && state.incomplete !== incomplete) {
        logger.error({ error: 'TMP3537' }, new TemperError('TMP3537', state.incomplete).message);
      }
      incomplete = state.incomplete;
    },
  };
}

function logState(logger: Logger, { phase, reason, generation, foreign, unproven }: SchedulerDetails): void {
  const fields = { phase, reason, generation };
  if (phase === 'latched') logger.error({ ...fields, error: 'TMP3126' }, new TemperError('TMP3126', reason).message);
  else if (foreign !== null) logger.warn({ ...fields, error: 'TMP3127' }, new TemperError('TMP3127', foreign).message);
  else if (reason.startsWith(NO_ROOM))
    logger.warn({ ...fields, error: 'TMP3536' }, new TemperError('TMP3536', reason).message);
  else if (unproven !== null) logger.error({ ...fields, error: 'TMP3129' }, reason);
  else logger.info(fields, 'scheduler');
}
