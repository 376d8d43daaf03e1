export interface Backoff {
  /** How often `next` was called since the last reset. */
  readonly failures: number;
  /** How long to wait before the next try, milliseconds; counts one failure. */
  next(): number;
  /** Counts one failure that needs no wait. */
  skip(): void;
  reset(): void;
}

/** Exponential backoff with full jitter: the n-th wait is evenly spread from 0 to min(cap, base × 2ⁿ). */
export function createBackoff(options: { baseMs: number; capMs: number; random: () => number }): Backoff {
  const { baseMs, capMs, random } = options;
  let failures = 0;
  return {
    get failures() {
      return failures;
    },
    next() {
      const ceiling = Math.min(capMs, baseMs * 2 ** failures);
      failures += 1;
      return random() * ceiling;
    },
    skip() {
      failures += 1;
    },
    reset() {
      failures = 0;
    },
  };
}
