import type { Clock } from '../model/clock.ts';

export interface Watchdog {
  /** The time that may pass until the next `feed`, from now on. */
  feed(ms: number): void;
  /** Whether that time has passed. */
  readonly barked: boolean;
  stop(): void;
}

/** Calls `bark` once when it was not fed for too long. */
export function createWatchdog(clock: Clock, bark: () => void): Watchdog {
  let cancel = () => {};
  let barked = false;
  return {
    feed(ms) {
      cancel();
      cancel = clock.after(ms, () => {
        barked = true;
        bark();
      });
    },
    get barked() {
      return barked;
    },
    stop: () => cancel(),
  };
}
