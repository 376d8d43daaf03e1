import { spread } from '../kernel/statistics.ts';
import { spreadText, table } from './table.ts';
import { EXTENDERS, type ExtenderArm, type ThroughputRound, type ThroughputSize } from './throughput.ts';

const NAMES = {
  none: 'none',
  go: 'the minimal Go program',
  'go-watched': "the same, temper's beside it, not asked",
  temper: "temper's",
} as const;

/** Less CPU time for a pod than this is not worth a column. */
const WORTH_MS = 0.05;

/** Per cent of another's pods a second. */
const GOALS = [
  ['go', 95],
  ['none', 75],
] as const;

export function reportThroughput(
  { nodes, pods, warmUp }: ThroughputSize & { readonly nodes: number },
  rounds: readonly ThroughputRound[],
): string {
  const rows = EXTENDERS.map((arm) => {
    const windows = rounds.map((round) => round[arm]);
    const rates = (of: 'none' | 'go'): number[] =>
      rounds.map((round) => (round[arm].podsPerSecond / round[of].podsPerSecond) * 100);
    return {
      extender: NAMES[arm],
      'pods/s': spreadText(windows.map(({ podsPerSecond }) => podsPerSecond)),
      '% of none': spreadText(rates('none')),
      '% of Go': arm === 'none' ? '' : spreadText(rates('go')),
      "extender's CPU, ms a pod": spreadText(
        windows.map(({ extenderMs }) => extenderMs ?? Number.NaN),
        2,
      ),
      'CPU of all, ms a pod': spreadText(
        windows.map(({ allMs }) => allMs),
        2,
      ),
      'taken by others, % of the machine': spreadText(windows.map(({ others }) => others * 100)),
    };
  });
  return [
    '## Pods a second of kube-scheduler',
    table(rows),
    'CPU time in the window by program, ms a pod:',
    table(programRows(rounds)),
    [
      `- ${nodes} nodes, ${pods} pods of all tiers after ${warmUp} more to warm up, ${rounds.length} rounds; the middle round (least to most), ratios of the same round.`,
      ...GOALS.map(([of, goal]) => goalText(rounds, of, goal)),
      '- The pods wait before the scheduler starts; counted from one binding to another. A scheduler and an extender of their own for each window, in turn.',
      "- Client rate raised (1,000/s), weight 1, names only, kube-scheduler's own sample of the nodes; the extender by plain HTTP on the loopback, as the chart's side car.",
      '- API server, etcd, kwok, scheduler and extender share the machine; the Go program has no nodes and pods to watch, so it is also measured with the service doing that beside it. CPU of all is that of the window; where placing is fast, a part of its work comes after it.',
    ].join('\n'),
  ].join('\n\n');
}

function programRows(rounds: readonly ThroughputRound[]) {
  const of = (arm: ExtenderArm, program: string): number[] =>
    rounds.map((round) => round[arm].programsMs.get(program) ?? 0);
  const all = new Set(rounds.flatMap((round) => EXTENDERS.flatMap((arm) => [...round[arm].programsMs.keys()])));
  const middle = (arm: ExtenderArm, program: string): number => spread(of(arm, program))?.middle ?? 0;
  const programs = [...all].filter((program) => EXTENDERS.some((arm) => middle(arm, program) >= WORTH_MS));
  return EXTENDERS.map((arm) => ({
    extender: NAMES[arm],
    ...Object.fromEntries(programs.map((program) => [program, middle(arm, program).toFixed(2)])),
  }));
}

function goalText(rounds: readonly ThroughputRound[], of: 'none' | 'go', goal: number): string {
  const shares = rounds.map((round) => (round.temper.podsPerSecond / round[of].podsPerSecond) * 100);
  const isMet = (spread(shares)?.middle ?? 0) >= goal;
  return `- Goal: with temper's at least ${goal} % of ${NAMES[of]}: ${isMet ? 'met' : '**missed**'}.`;
}
