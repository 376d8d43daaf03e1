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
  /** Whether the scheduler makes turns shorter in a crowd, and looks further than the first thread of a queue. */
  readonly hasShortTurns: boolean;
  /** Null where nothing is attached: then only what is guaranteed counts. */
  readonly statistics: Statistics | null;
}

/** One of the queues of `scx_layered`, first in, first out. */
export interface Queue {
  /** As many threads may be in it. */
  readonly threads: number;
  /** With as many a round takes `maxRoundMs`. */
  readonly most: number;
}

/**
 * The longest that a round of a queue may take with the stock binary. `scx_layered` looks every 15 s for queues whose first thread has waited for more
 * than 3 s, and gives each of them a CPU for itself until that is over. For a queue whose rounds are longer it never is:
 * who lives on that CPU then starves, the kernel's own threads too, until the kernel ejects the scheduler (after 21 s for
 * a thread that RCU waits for, else 30).
 */
const MAX_ROUND_MS = 3_000;
/** With short turns nobody starves on a CPU that another queue was given: what counts is RCU, which waits 21 s for a reader. */
const MAX_SHORT_ROUND_MS = 15_000;
/** A short turn is as long as one of a thread that displaced the queue's, and half of it until the queue has the CPU again. */
const DISPLACED = 1.5;

/** The longest that a round of a queue may take, ms. */
export function maxRoundMs(hasShortTurns: boolean): number {
  return hasShortTurns ? MAX_SHORT_ROUND_MS : MAX_ROUND_MS;
}

/** No tenant's pod has threads here, and on a large node most of them sleep. */
const OPERATORS: ReadonlySet<string> = new Set(['host', 'rest', 'system-pods']);
/** A layer with a queue uses three quarters of what it owns, as the rest is low fallback's. Less by so much is no queue. */
const BUSY_SHARE = 0.5;

/**
 * The low-fallback queue, in which everybody may be, and those of layers that own CPUs and use them. Of a layer's threads nobody
 * tells how many wait, so all that want a CPU count as its own, as far as it has as many.
 */
export function queuesOf({ runnable, turnMs, cpus, hasShortTurns, statistics }: CrowdReading): Queue[] {
  const roundMs = maxRoundMs(hasShortTurns);
  // The time of those who displace is the whole CPU's, so what is sure of it does not matter.
  const mostOn = (sure: number, all: number): number =>
    Math.floor(hasShortTurns ? (roundMs * all) / (DISPLACED * turnMs) : (roundMs * sure) / turnMs);
  const own = Object.entries(statistics?.layers ?? {}).flatMap(
    ([name, { tasks, util, cur_nr_cpus: owned }]): Queue[] => {
      const used = (util ?? 0) / 100;
      // Without a CPU its threads are in the low-fallback queue.
      if (OPERATORS.has(name) || typeof owned !== 'number' || owned < 1 || used < BUSY_SHARE * owned) return [];
      const sure = Math.max((1 - LOW_FALLBACK_SHARE) * owned, used);
      return [{ threads: Math.min(runnable, tasks ?? 0), most: mostOn(sure, owned) }];
    },
  );
  return [{ threads: runnable, most: mostOn(LOW_FALLBACK_SHARE * cpus, cpus) }, ...own];
}
