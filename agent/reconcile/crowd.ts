import { type CrowdReading, maxRoundMs, queuesOf } from './queues.ts';

/** What readings remember of earlier ones. */
export interface Crowd {
  /** Readings in a row with too many. */
  readonly over: number;
  /** Set while there have been too many, and it is not calm again yet. */
  readonly tooMany: TooMany | null;
  /** When each crowd of the last hour was noticed, monotonic. */
  readonly recent: readonly number[];
}

export interface TooMany {
  /** As many wanted a CPU when it was noticed. */
  readonly threads: number;
  /** As many would have been within the bound then. */
  readonly most: number;
  /** What that bound is for: the longest that one may wait, ms. */
  readonly roundMs: number;
  /** Since when, monotonic, there have been few again without a break; null while there are not. */
  readonly calmSince: number | null;
}

export const NO_CROWD: Crowd = { over: 0, tooMany: null, recent: [] };

const HOUR_MS = 3_600_000;
/** A herd that wakes up at once and is gone is none. */
const READINGS = 2;
/** There must be half as many as would do, or it would come back only to leave again. */
const CALM_SHARE = 0.5;

/** The memory after a reading. @param now milliseconds that never jump */
export function noteCrowd(crowd: Crowd, reading: CrowdReading, now: number, calmMs: number): Crowd {
  const { tooMany } = crowd;
  if (tooMany !== null) return stillTooMany(crowd, tooMany, { runnable: reading.runnable, now, calmMs });
  const bounds = queuesOf(reading)
    .filter(({ threads, most }) => threads > most)
    .map(({ most }) => most);
  const recent = crowd.recent.filter((at) => now - at < HOUR_MS);
  if (bounds.length === 0) return { over: 0, tooMany: null, recent };
  const over = crowd.over + 1;
  if (over < READINGS) return { over, tooMany: null, recent };
  const found = {
    threads: reading.runnable,
    most: Math.min(...bounds),
    roundMs: maxRoundMs(reading.hasShortTurns),
    calmSince: null,
  };
  return { over, tooMany: found, recent: [...recent, now] };
}

/** Nobody knows whether it stayed calm while nothing could be counted. */
export function noteGap(crowd: Crowd): Crowd {
  const { tooMany } = crowd;
  return tooMany === null ? { ...crowd, over: 0 } : { ...crowd, tooMany: { ...tooMany, calmSince: null } };
}

interface Moment {
  readonly runnable: number;
  readonly now: number;
  readonly calmMs: number;
}

/**
 * Twice as long for each further crowd within an hour. Threads that a CPU limit holds back are not counted on stock and
 * all come once limits are off, so the same pod may be a crowd again as soon as it attaches.
 */
function stillTooMany(crowd: Crowd, tooMany: TooMany, { runnable, now, calmMs }: Moment): Crowd {
  const calmSince = runnable > tooMany.most * CALM_SHARE ? null : (tooMany.calmSince ?? now);
  const needed = Math.min(HOUR_MS, calmMs * 2 ** (crowd.recent.length - 1));
  if (calmSince !== null && now - calmSince >= needed) return { ...NO_CROWD, recent: crowd.recent };
  return { ...crowd, tooMany: { ...tooMany, calmSince } };
}

/** The same words until it is over: each change of them is a write to the API server. */
export function describeCrowd({ threads, most, roundMs }: TooMany): string {
  return `too many threads want a CPU: ${threads}; with more than ${most} some would wait for over ${roundMs / 1_000} s`;
}
