import { LOW_FALLBACK_SHARE } from '../scheduler/command.ts';
import type { Statistics } from '../scheduler/ports.ts';

/** What tells how long a thread may wait for its turn among others. */
export interface CrowdReading {
  /** Threads that run or wait for a CPU. */
  readonly runnable: number;
  /** The longest that one of them runs before the next one does. */
  readonly turnMs: number;
  /** CPUs that share a low-fallback queue: those of the smallest last-level cache. */
  readonly cpus: number;
  /** Null where nothing is attached: then only what is guaranteed counts. */
  readonly statistics: Statistics | null;
}

/** What readings remember of earlier ones. */
export interface Crowd {
  /** Readings in a row with too many. */
  readonly over: number;
  /** Set while there have been too many, and it is not calm again yet. */
  readonly tooMany: TooMany | null;
}

export interface TooMany {
  /** As many wanted a CPU when it was noticed. */
  readonly threads: number;
  /** As many would have been within the bound then. */
  readonly most: number;
  /** Since when, monotonic, there have been few again without a break; null while there are not. */
  readonly calmSince: number | null;
}

export const NO_CROWD: Crowd = { over: 0, tooMany: null };

/**
 * The longest that a round of a queue may take. `scx_layered` looks every 15 s for queues whose first thread has waited for more
 * than 3 s, and gives each of them a CPU for itself until that is over. For a queue whose rounds are longer it never is:
 * who lives on that CPU then starves, the kernel's own threads too, until the kernel ejects the scheduler (after 21 s for
 * a thread that RCU waits for, else 30).
 */
export const MAX_ROUND_MS = 3_000;
/** A herd that wakes up at once and is gone is none. */
const READINGS = 2;
/** There must be half as many as would do, or it would come back only to leave again. */
const CALM_SHARE = 0.5;

/**
 * How long a thread of the worst queue waits until all before it had their turn. A queue is first in, first out. In a
 * layer's own are at most its tasks; in the low-fallback queue may be everybody.
 */
export function longestRoundMs({ runnable, turnMs, cpus, statistics }: CrowdReading): number {
  // Each LLC has a low-fallback queue of its own: what is measured is that of all, and says little of one among several.
  const lowFallback = (runnable * turnMs) / (LOW_FALLBACK_SHARE * cpus);
  if (statistics === null) return lowFallback;
  const rounds = Object.values(statistics.layers).map(({ tasks, util, cur_nr_cpus: owned }) => {
    // Without a CPU its threads are in the low-fallback queue.
    if (typeof owned !== 'number' || owned < 1) return 0;
    const threads = Math.min(runnable, tasks ?? 0);
    return (threads * turnMs) / Math.max(1 - LOW_FALLBACK_SHARE, (util ?? 0) / 100);
  });
  return Math.max(lowFallback, ...rounds);
}

/** The memory after a reading. @param now milliseconds that never jump */
export function noteCrowd(crowd: Crowd, reading: CrowdReading, now: number, calmMs: number): Crowd {
  const { tooMany } = crowd;
  if (tooMany !== null) return stillTooMany(tooMany, reading.runnable, now, calmMs);
  const round = longestRoundMs(reading);
  if (round <= MAX_ROUND_MS) return NO_CROWD;
  const over = crowd.over + 1;
  if (over < READINGS) return { over, tooMany: null };
  const most = Math.floor((reading.runnable * MAX_ROUND_MS) / round);
  return { over, tooMany: { threads: reading.runnable, most, calmSince: null } };
}

function stillTooMany(tooMany: TooMany, runnable: number, now: number, calmMs: number): Crowd {
  const calmSince = runnable > tooMany.most * CALM_SHARE ? null : (tooMany.calmSince ?? now);
  if (calmSince !== null && now - calmSince >= calmMs) return NO_CROWD;
  return { over: READINGS, tooMany: { ...tooMany, calmSince } };
}

/** The same words until it is over: each change of them is a write to the API server. */
export function describeCrowd({ threads, most }: TooMany): string {
  return `too many threads want a CPU: ${threads}; with more than ${most} some would wait for over ${MAX_ROUND_MS / 1000} s`;
}
