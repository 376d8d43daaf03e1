import { createBackoff } from './backoff.ts';
import { REFUSED_IN_PASSING } from './refusal.ts';
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
  let refused = 0;
  return {
    delay({ wait, retryAfterMs }) {
      if (wait === 'slow' && ++refused > REFUSED_IN_PASSING) return settings.forbiddenMs * (1 + random());
      if (wait === 'now' && backoff.failures === 0) {
        backoff.skip();
        return 0;
      }
      return retryAfterMs + backoff.next();
    },
    reset() {
      refused = 0;
      backoff.reset();
    },
  };
}
