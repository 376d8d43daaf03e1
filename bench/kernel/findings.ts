import type { AgentArm, Arm, Others, Plan, Window, Workload } from './plan.ts';
import { percentiles, type Spread, spread } from './statistics.ts';
import type { HostMeasured } from './window.ts';

/** Of each round what was found in one of its windows, for those rounds that have it. Pure. */
export function inRounds(
  rounds: ReadonlyArray<readonly HostMeasured[]>,
  is: (window: Window) => boolean,
): HostMeasured[] {
  return rounds.flatMap((round) => round.find(({ window }) => is(window)) ?? []);
}

/** Two windows of one round, of those rounds that have both. */
function bothInRounds(
  rounds: ReadonlyArray<readonly HostMeasured[]>,
  one: (window: Window) => boolean,
  other: (window: Window) => boolean,
): Array<readonly [HostMeasured, HostMeasured]> {
  return rounds.flatMap((round) => {
    const [a] = inRounds([round], one);
    const [b] = inRounds([round], other);
    return a === undefined || b === undefined ? [] : [[a, b] as const];
  });
}

export const tiers =
  (arm: Arm, workload: Workload, load: number) =>
  (window: Window): boolean =>
    window.kind === 'tiers' && window.arm === arm && window.workload === workload && window.load === load;

export const others =
  (arm: Arm, which: Others) =>
  (window: Window): boolean =>
    window.kind === 'others' && window.arm === arm && window.others === which;

export type Percentile = 'p50' | 'p99' | 'p999';

/** A percentile in each round. */
export function late(found: readonly HostMeasured[], which: Percentile): number[] {
  return found.map(({ latencies }) => percentiles(latencies)?.[which] ?? Number.NaN);
}

/** Loaded over unloaded, in each round. */
export function slowdown(
  rounds: ReadonlyArray<readonly HostMeasured[]>,
  { arm, workload, load }: { readonly arm: Arm; readonly workload: Workload; readonly load: number },
  which: Percentile,
): number[] {
  return bothInRounds(rounds, tiers(arm, workload, load), tiers(arm, workload, 0)).map((both) => {
    const [loaded = Number.NaN, unloaded = Number.NaN] = late(both, which);
    return loaded / unloaded;
  });
}

/** The batch's work under an arm over its work under stock, in each round. */
export function batchWork(
  rounds: ReadonlyArray<readonly HostMeasured[]>,
  arm: Arm,
  workload: Workload,
  load: number,
): number[] {
  return bothInRounds(rounds, tiers(arm, workload, load), tiers('stock', workload, load)).map(
    ([mine, stock]) => work(mine) / work(stock),
  );
}

/** Work of one pod over another's, in each round. */
export function shareOf(found: readonly HostMeasured[], pod: string, other: string): number[] {
  return found.map(({ throughput }) => (throughput[pod] ?? Number.NaN) / (throughput[other] ?? Number.NaN));
}

function work({ throughput }: HostMeasured): number {
  return Object.values(throughput).reduce((sum, units) => sum + units, 0);
}

export interface Verdict {
  readonly slowdown: Spread | null;
  readonly floor: Spread | null;
  /** Its slowdown over the floor's, of the middle rounds. */
  readonly overFloor: number;
  /** In how many rounds p99 under load was below both stock arms'. */
  readonly below: number;
  readonly rounds: number;
}

/** How many times the floor's slowdown is allowed. */
export const GOAL = 1.2;

/** Whether the goal holds for a workload under the heaviest load. */
export function verdict(
  plan: Plan,
  rounds: ReadonlyArray<readonly HostMeasured[]>,
  workload: Workload,
  judged: AgentArm,
): Verdict {
  const load = Math.max(...plan.loads);
  const of = (arm: Arm): Spread | null => spread(slowdown(rounds, { arm, workload, load }, 'p99'));
  const below = rounds.filter((round) => {
    const [mine, stock, knobs] = ([judged, 'stock', 'knobs'] as const).map(
      (arm) => late(inRounds([round], tiers(arm, workload, load)), 'p99')[0] ?? Number.NaN,
    );
    return (mine ?? Number.NaN) < Math.min(stock ?? Number.NaN, knobs ?? Number.NaN);
  });
  const [its, floor] = [of(judged), of('isolated')];
  return {
    slowdown: its,
    floor,
    overFloor: (its?.middle ?? Number.NaN) / (floor?.middle ?? Number.NaN),
    below: below.length,
    rounds: rounds.length,
  };
}
