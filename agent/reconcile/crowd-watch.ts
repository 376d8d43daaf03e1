import type { Clock } from '../../src/model/clock.ts';
import type { LayerName, LayerNumbers } from '../layers/desired.ts';
import type { Machine } from '../machine/machine.ts';
import type { Statistics } from '../scheduler/ports.ts';
import { describeCrowd, NO_CROWD, noteCrowd, noteGap } from './crowd.ts';
import type { LoopView } from './loop.ts';

/** As often as the statistics are read. A crowd of thousands is there within a second, and 15 s later it may be too late. */
const SAMPLE_MS = 1_000;

export interface CrowdWatch {
  /** Why there are too many threads for a scheduler that must not be ejected; null where there are not. */
  readonly problem: string | null;
  start(): void;
  stop(): void;
}

export interface CrowdWatchDeps {
  readonly clock: Clock;
  /** Threads that run or wait for a CPU now; null where that cannot be told. */
  readonly runnable: () => number | null;
  /** Null before the node and its layers are known. */
  readonly node: () => CrowdNode | null;
  /** Of what is attached; null while nothing is. */
  readonly statistics: () => Statistics | null;
  /** Between two ticks of the kernel. */
  readonly tickMs: number;
  readonly hasShortTurns: boolean;
  readonly calmMs: () => number;
  /** Called when `problem` has become another. */
  readonly changed: () => void;
}

export interface CrowdNode {
  readonly machine: Machine;
  readonly numbers: Readonly<Record<LayerName, LayerNumbers>>;
}

/** What a turn knew of the node. */
export function crowdNode(view: LoopView | null): CrowdNode | null {
  const { machine = null, plan } = view ?? {};
  const numbers = plan?.desired?.numbers;
  return machine === null || numbers === undefined ? null : { machine, numbers };
}

/** Counts the threads that want a CPU. Without a count it goes on with what it knew. */
export function createCrowdWatch(deps: CrowdWatchDeps): CrowdWatch {
  const { clock } = deps;
  let crowd = NO_CROWD;
  let cancel = () => {};

  function sample(): void {
    cancel = clock.after(SAMPLE_MS, sample);
    const [runnable, node] = [deps.runnable(), deps.node()];
    if (runnable === null || node === null) {
      crowd = noteGap(crowd);
      return;
    }
    const before = crowd.tooMany;
    const statistics = deps.statistics();
    const reading = {
      runnable,
      turnMs: turnMs(node.numbers, deps.tickMs, statistics),
      cpus: sureCpus(node.machine, statistics),
      hasShortTurns: deps.hasShortTurns,
      statistics,
    };
    crowd = noteCrowd(crowd, reading, clock.monotonic(), deps.calmMs());
    if ((before === null) !== (crowd.tooMany === null)) deps.changed();
  }

  return {
    get problem() {
      return crowd.tooMany === null ? null : describeCrowd(crowd.tooMany);
    },
    start: sample,
    stop: () => cancel(),
  };
}

/**
 * A slice ends at the first tick after it is used up. The longest of what is wanted and of what is attached, which may be an
 * older config.
 */
export function turnMs(numbers: CrowdNode['numbers'], tickMs: number, statistics: Statistics | null = null): number {
  const attached = Object.values(statistics?.layers ?? {}).map(({ slice_us: slice }) => slice);
  const wanted = Object.values(numbers).map(({ sliceUs }) => sliceUs);
  const slices = [...wanted, ...attached].filter((slice) => typeof slice === 'number');
  return (Math.floor(Math.max(...slices) / 1000 / tickMs) + 1) * tickMs;
}

/**
 * Those of the smallest last-level cache, each of which has a low-fallback queue of its own. Beside a thread of an exclusive layer
 * the other hardware thread of the core serves nobody.
 */
export function sureCpus({ cpus, threads }: Machine, statistics: Statistics | null): number {
  const isExclusive = threads > 1 && Number(statistics?.layers['critical-fenced']?.['cur_nr_cpus'] ?? 0) > 0;
  const found = new Map<number, Set<number>>();
  for (const { id, core, llc } of cpus) found.set(llc, (found.get(llc) ?? new Set()).add(isExclusive ? core : id));
  return Math.min(...[...found.values()].map(({ size }) => size));
}
