/** Pure. */

export interface Percentiles {
  readonly samples: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** Of latencies in microseconds: the smallest that is not below so large a share of them. Null where there are none. */
export function percentiles(latencies: readonly number[]): Percentiles | null {
  if (latencies.length === 0) return null;
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share: number): number => (sorted[Math.ceil(sorted.length * share) - 1] ?? 0) / 1_000;
  return { samples: sorted.length, p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}

/** What the rounds say: the middle one, and the least and the most. */
export interface Spread {
  readonly middle: number;
  readonly least: number;
  readonly most: number;
}

/** Null where there is nothing, or something that is no number. */
export function spread(values: readonly number[]): Spread | null {
  if (values.length === 0 || values.some((value) => !Number.isFinite(value))) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const [low = 0, high = 0] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return { middle: (low + high) / 2, least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0 };
}
