import type { Clock } from '../../src/model/clock.ts';
import type { LayerName, LayerNumbers } from '../layers/desired.ts';
import type { Machine } from '../machine/machine.ts';
import type { Statistics } from '../scheduler/ports.ts';
import { describeCrowd, NO_CROWD, noteCrowd } from './crowd.ts';
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
    if (runnable === null || node === null) return;
    const before = crowd.tooMany;
    const reading = {
      runnable,
      turnMs: turnMs(node.numbers, deps.tickMs),
      cpus: cpusOfSmallestCache(node.machine),
      statistics: deps.statistics(),
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

/** A slice ends at the first tick after it is used up. */
export function turnMs(numbers: CrowdNode['numbers'], tickMs: number): number {
  const slice = Math.max(...Object.values(numbers).map(({ sliceUs }) => sliceUs)) / 1000;
  return (Math.floor(slice / tickMs) + 1) * tickMs;
}

function cpusOfSmallestCache({ cpus }: Machine): number {
  const counts = new Map<number, number>();
  for (const { llc } of cpus) counts.set(llc, (counts.get(llc) ?? 0) + 1);
  return Math.min(...counts.values());
}
