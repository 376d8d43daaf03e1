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
  const late = samples
    .filter(([at]) => at >= from && at < to)
    .map(([, us]) => us / 1_000)
    .sort((a, b) => a - b);
  if (late.length === 0) return null;
  const at = (share: number): number => late[Math.min(late.length - 1, Math.floor(late.length * share))] ?? 0;
  return { samples: late.length, p50: at(0.5), p99: at(0.99), worst: at(1) };
}
