import { describeOwned } from '../../test/labs/kernel/guest/owned.ts';
import { batchWork, GOAL, inRounds, late, others, shareOf, slowdown, tiers, verdict } from './findings.ts';
import { AGENT } from './orders.ts';
import { isAgentArm, nameOf, type Plan, type Workload, windowsOf } from './plan.ts';
import { type Spread, spread } from './statistics.ts';
import { type HostMeasured, notProven } from './window.ts';

/** The tables of the record. Pure. */
export function report(plan: Plan, all: ReadonlyArray<readonly HostMeasured[]>): string {
  const rounds = all.map((round) => round.filter((one) => notProven(one) === null));
  const timed = plan.workloads.filter((workload) => workload !== 'none');
  return [
    ...timed.flatMap((workload) => latencies(plan, rounds, workload)),
    ...goals(plan, rounds, timed),
    ...batch(plan, rounds),
    ...oneTier(plan, rounds),
    ...occupancy(plan, rounds),
    ...shareOfHost(rounds),
    ...missing(plan, all),
  ].join('\n');
}

function latencies(plan: Plan, rounds: ReadonlyArray<readonly HostMeasured[]>, workload: Workload): string[] {
  const rows = plan.loads.flatMap((load) =>
    plan.arms.flatMap((arm) => {
      const found = inRounds(rounds, tiers(arm, workload, load));
      if (found.length === 0) return [];
      const samples = found.reduce((sum, { latencies: { length } }) => sum + length, 0);
      const [p50, p99, p999] = (['p50', 'p99', 'p999'] as const).map((which) => tell(spread(late(found, which))));
      const ratio = (which: 'p50' | 'p99'): string =>
        load === 0 ? '1' : tell(spread(slowdown(rounds, { arm, workload, load }, which)));
      return [[`${load}×`, arm, samples, p50, p99, p999, ratio('p50'), ratio('p99')]];
    }),
  );
  const head = ['load', 'arm', 'samples', 'p50 ms', 'p99 ms', 'p99.9 ms', 'p50 ÷ unloaded', 'p99 ÷ unloaded'];
  return table(`${workload}: how late, over the rounds: the middle one (least to most)`, head, rows);
}

function goals(plan: Plan, rounds: ReadonlyArray<readonly HostMeasured[]>, timed: readonly Workload[]): string[] {
  const rows = timed.flatMap((workload) =>
    plan.arms.filter(isAgentArm).map((arm) => {
      const { slowdown: its, floor, overFloor, below, rounds: count } = verdict(plan, rounds, workload, arm);
      const isMet = overFloor <= GOAL && below === count;
      return [workload, arm, tell(its), tell(floor), number(overFloor), `${below} of ${count}`, isMet ? 'yes' : 'no'];
    }),
  );
  const head = ['workload', 'arm', 'its', 'floor', `ratio (goal ≤ ${GOAL})`, 'below both stock arms', 'goal met'];
  return table('p99 under the heaviest load ÷ unloaded', head, rows);
}

function batch(plan: Plan, rounds: ReadonlyArray<readonly HostMeasured[]>): string[] {
  const pods = ['measured', 'normal', 'low', 'background', AGENT];
  const rows = plan.workloads.flatMap((workload) =>
    plan.loads
      .filter((load) => load > 0)
      .flatMap((load) =>
        plan.arms.flatMap((arm) => {
          const found = inRounds(rounds, tiers(arm, workload, load));
          if (found.length === 0) return [];
          const cpus = pods.map((pod) => tell(spread(found.map(({ cpus: used }) => used[pod] ?? Number.NaN))));
          return [[workload, `${load}×`, arm, tell(spread(batchWork(rounds, arm, workload, load))), ...cpus]];
        }),
      ),
  );
  return table(
    'The batch: its work ÷ its work under stock, and CPUs used by each pod',
    ['workload', 'load', 'arm', 'work', ...pods],
    rows,
  );
}

function oneTier(plan: Plan, rounds: ReadonlyArray<readonly HostMeasured[]>): string[] {
  const arms = plan.arms.filter((arm) => arm !== 'isolated');
  const rows = arms.map((arm) => {
    const of = (which: Parameters<typeof others>[1]): HostMeasured[] => inRounds(rounds, others(arm, which));
    return [
      arm,
      tell(spread(late(of('beside'), 'p50'))),
      tell(spread(late(of('beside'), 'p99'))),
      tell(spread(of('beside').map(({ cpus }) => cpus['normal-other'] ?? Number.NaN))),
      tell(spread(shareOf(of('weights'), 'normal-large', 'normal'))),
      tell(spread(shareOf(of('threads'), 'normal-other', 'normal'))),
    ];
  });
  if (plan.others.length === 0) return [];
  return table(
    'Between pods of Normal: what the others pay',
    ['arm', 'probe p50 ms', 'p99 ms', 'its CPUs', 'work of weight 32 ÷ weight 4', 'work of 8 threads ÷ 1 thread'],
    rows,
  );
}

function occupancy(plan: Plan, rounds: ReadonlyArray<readonly HostMeasured[]>): string[] {
  const rows = plan.arms.filter(isAgentArm).flatMap((arm) =>
    plan.loads.flatMap((load) => {
      const found = inRounds(rounds, tiers(arm, plan.workloads[0] ?? 'none', load));
      return found.length === 0 ? [] : [[arm, `${load}×`, ...found.map(({ layers }) => describeOwned(layers))]];
    }),
  );
  if (rows.length === 0) return [];
  return table(
    'CPUs that layers owned, round by round',
    ['arm', 'load', ...rounds.map((_, round) => `round ${round + 1}`)],
    rows,
  );
}

/** The guest's clock counts instructions: what matters is that it does not stand still. */
function shareOfHost(rounds: ReadonlyArray<readonly HostMeasured[]>): string[] {
  const cost = rounds.flat().map(({ seconds, hostSeconds }) => hostSeconds / seconds);
  return ['', `CPU time of the emulator for each second of a window: ${tell(spread(cost))}.`];
}

/** A window without the scheduler of its arm, and one that a failure kept from being measured, is told and not counted. */
function missing(plan: Plan, rounds: ReadonlyArray<readonly HostMeasured[]>): string[] {
  return rounds.flatMap((round, index) => {
    const without = round.flatMap((one) => {
      const wrong = notProven(one);
      return wrong === null ? [] : [`- Round ${index + 1}, ${nameOf(one.window)}: ${wrong}`];
    });
    const lost = windowsOf(plan, index).length - round.length;
    return [...without, ...(lost > 0 ? [`- Round ${index + 1}: ${lost} windows were not measured`] : [])];
  });
}

function table(
  title: string,
  head: readonly string[],
  rows: ReadonlyArray<ReadonlyArray<string | number | undefined>>,
): string[] {
  const line = (cells: ReadonlyArray<string | number | undefined>): string =>
    `| ${cells.map((cell) => cell ?? '–').join(' | ')} |`;
  return ['', `## ${title}`, '', line(head), line(head.map(() => '---')), ...rows.map(line)];
}

export function tell(of: Spread | null): string {
  if (of === null) return '–';
  if (of.least === of.most) return number(of.middle);
  return `${number(of.middle)} (${number(of.least)}–${number(of.most)})`;
}

/** Two digits after the point, fewer where there are enough before it. */
function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}
