import type { FastifyInstance } from 'fastify';
import type { Clock } from '../model/clock.ts';
import type { ReadinessCheck } from '../telemetry/health.ts';

/** Requests that are still running when the listeners close get this long; the API server waits 2 s, so nobody is left. */
const IN_FLIGHT_MS = 5_000;

/** How a process leaves without failing a request. */
export interface Drain {
  readonly isDraining: () => boolean;
  readonly check: ReadinessCheck;
  /**
   * Readiness fails, so that the endpoints forget this pod; meanwhile requests are still answered, each
   * with `Connection: close`, because clients keep connections to a pod that is going away. Then the
   * listeners close, running requests are waited for, and idle connections end.
   */
  stop(apps: readonly FastifyInstance[], drainMs: number): Promise<void>;
}

export function createDrain(clock: Clock): Drain {
  let draining = false;
  const pause = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve));
  return {
    isDraining: () => draining,
    check: { name: 'draining', check: () => (draining ? 'the process is stopping' : null) },
    async stop(apps, drainMs) {
      draining = true;
      await pause(drainMs);
      const closed = Promise.all(apps.map((app) => app.close()));
      await Promise.race([closed, pause(IN_FLIGHT_MS)]);
      for (const app of apps) app.server.closeAllConnections();
      await closed;
    },
  };
}
