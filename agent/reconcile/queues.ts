import { LOW_FALLBACK_SHARE } from '../scheduler/command.ts';
import type { Statistics } from '../scheduler/ports.ts';

/** What tells how long a thread may wait for its turn among others. */
export interface CrowdReading {
  /** Threads that run or wait for a CPU. */
  readonly runnable: number;
  /** The longest that one of them runs before the next one does. */
  readonly turnMs: number;
  /** CPUs that are sure to serve the smallest low-fallback queue. */
  readonly cpus: number;
  /** Null where nothing is attached: then only what is guaranteed counts. */
  readonly statistics: Statistics | null;
}

/** One of the queues of `scx_layered`, first in, first out. */
export interface Queue {
  /** As many threads may be in it. */
  readonly threads: number;
  /** With as many a round takes `MAX_ROUND_MS`. */
  readonly most: number;
}

/**
 * The longest that a round of a queue may take. `scx_layered` looks every 15 s for queues whose first thread has waited for more
 * than 3 s, and gives each of them a CPU for itself until that is over. For a queue whose rounds are longer it never is:
 * who lives on that CPU then starves, the kernel's own threads too, until the kernel ejects the scheduler (after 21 s for
 * a thread that RCU waits for, else 30).
 */
export const MAX_ROUND_MS = 3_000;

/** No tenant's pod has threads here, and on a large node most of them sleep. */
const OPERATORS: ReadonlySet<string> = new Set(['host', 'rest', 'system-pods']);
/** A layer with a queue uses three quarters of what it owns, as the rest is low fallback's. Less by so much is no queue. */
const BUSY_SHARE = 0.5;

/**
 * The low-fallback queue, in which everybody may be, and those of layers that own CPUs and use them. Of a layer's threads nobody
 * tells how many wait, so all that want a CPU count as its own, as far as it has as many.
 */
export function queuesOf({ runnable, turnMs, cpus, statistics }: CrowdReading): Queue[] {
  const mostOn = (served: number): number => Math.floor((MAX_ROUND_MS * served) / turnMs);
  const own = Object.entries(statistics?.layers ?? {}).flatMap(
    ([name, { tasks, util, cur_nr_cpus: owned }]): Queue[] => {
      const used = (util ?? 0) / 100;
      // Without a CPU its threads are in the low-fallback queue.
      if (OPERATORS.has(name) || typeof owned !== 'number' || owned < 1 || used < BUSY_SHARE * owned) return [];
      return [
        { threads: Math.min(runnable, tasks ?? 0), most: mostOn(Math.max((1 - LOW_FALLBACK_SHARE) * owned, used)) },
      ];
    },
  );
  return [{ threads: runnable, most: mostOn(LOW_FALLBACK_SHARE * cpus) }, ...own];
}
