/** Figures of the samples that a sleeper or a pair recorded. Pure. */
import type { LoadReport } from './load.ts';

export interface Percentiles {
  readonly samples: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly worst: number;
}

/** Of the samples within a stretch of time, milliseconds since the load's start; null where there are none. */
export function percentiles({ samples }: LoadReport, from = 0, to = Number.POSITIVE_INFINITY): Percentiles | null {
  const late = samples.filter(([at]) => at >= from && at < to).map(([, us]) => us / 1_000);
  return late.length === 0 ? null : percentilesOf(late);
}

/** @param times at least one, milliseconds */
export function percentilesOf(times: readonly number[]): Percentiles {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { samples: sorted.length, p50: at(0.5), p99: at(0.99), worst: at(1) };
}
