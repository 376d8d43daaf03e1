import { createBackoff } from './backoff.ts';
import type { Restart } from './restart.ts';
import type { ListWatchSettings } from './settings.ts';

/** Decides how long to wait before a list or a watch is begun again. */
export interface Pacing {
  /** Milliseconds. */
  delay(restart: Restart): number;
  /** Forgets the failures there were. */
  reset(): void;
}

/** @param random a number in [0, 1) */
export function createPacing(settings: ListWatchSettings, random: () => number): Pacing {
  const backoff = createBackoff({ baseMs: settings.backoffBaseMs, capMs: settings.backoffCapMs, random });
  return {
    delay({ wait, retryAfterMs }) {
      if (wait === 'slow') return settings.forbiddenMs * (1 + random());
      if (wait === 'now' && backoff.failures === 0) {
        backoff.skip();
        return 0;
      }
      return retryAfterMs + backoff.next();
    },
    reset: () => backoff.reset(),
  };
}
