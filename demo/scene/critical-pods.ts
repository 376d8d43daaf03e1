import { fence } from '../../src/model/fence.ts';
import type { NodeOptions } from '../../test/standin/cluster.ts';

export interface CriticalPods {
  readonly count: number;
  /** What each asks for, millicores. */
  readonly milli: number;
}

const COUNT = 4;
const STEP_MILLI = 50;

/** The smallest pods, so many of them, whose fence no longer fits on an empty node; what is fenceable is less than what it has. */
export function tooManyFor({ cores, threads = 1, reserveCores = 1 }: NodeOptions): CriticalPods {
  const { fenceable } = fence({ cpus: cores, threads, reserve: reserveCores }, 0);
  const least = (fenceable * 1000 + 1) / COUNT;
  return { count: COUNT, milli: Math.ceil(least / STEP_MILLI) * STEP_MILLI };
}
