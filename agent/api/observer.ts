import type { ErrorId } from '../../src/model/errors.ts';
import type { Logger } from '../../src/telemetry/logger.ts';
import type { Metrics } from '../../src/telemetry/metrics.ts';
import { stackOf } from '../../src/telemetry/stack.ts';

/** What the two servers tell of themselves. */
export interface ApiObserver {
  /** A gRPC call has its answer; `outcome` is `ok` or the id of the error. */
  called(method: string, outcome: 'ok' | ErrorId): void;
  /** An HTTP request was refused. */
  refused(id: ErrorId): void;
  /** An error that is temper's own fault. */
  failed(error: unknown): void;
}

/** Counts calls and refusals, and logs temper's own faults. Methods that change something are logged, too. */
export function createApiObserver(metrics: Metrics, logger: Logger): ApiObserver {
  const calls = metrics.counter('temper_agent_calls_total');
  const refusals = metrics.counter('temper_agent_refused_requests_total');
  return {
    called(method, outcome) {
      calls.inc({ method, outcome });
      if (CHANGING.has(method)) logger.info({ method, outcome }, 'call');
    },
    refused: (error) => refusals.inc({ error }),
    failed: (error) => logger.error({ stack: stackOf(error) }, 'a fault of temper itself'),
  };
}

const CHANGING: ReadonlySet<string> = new Set(['SetQos', 'ClearQos', 'ReloadScheduler', 'SetSafeMode']);
