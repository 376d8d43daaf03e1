import type { ArmResult } from './arm.ts';
import type { Explained } from './explain.ts';
import type { DemoOptions } from './options.ts';

export interface Report {
  readonly options: DemoOptions;
  readonly off: ArmResult;
  readonly on: ArmResult;
  readonly explain: readonly Explained[];
}

export const SIMULATED =
  'Simulated: API server, nodes, agents, scheduling cycle (no preemption), pods and the CPU they use. ' +
  'Real: the temper service, a process of its own over HTTPS.';

/** What the fleet takes for granted, for people. */
export function assumptions({ padding: [low, high] }: DemoOptions): string {
  return (
    `Assumed: containers ask for ${low} to ${high} times what they use (--padding), evenly spread; shares of tiers, kinds and ` +
    'sizes as in demo/fleet/templates.ts; more arrives than fits.'
  );
}

/** The report as data; `off` and `on` have the same keys. */
export function jsonReport({ options, off, on, explain }: Report): string {
  const { nodes, pods, seed, padding } = options;
  return JSON.stringify(
    {
      simulated: SIMULATED,
      assumptions: assumptions(options),
      options: { nodes, pods, seed, padding },
      off,
      on,
      explain,
    },
    null,
    2,
  );
}

type Row = readonly [name: string, off: string, on: string, change: string];

const cores = (milli: number): string => (milli / 1000).toFixed(1);
function percent(off: number, on: number): string {
  const change = Math.round((on / off - 1) * 100);
  return off === 0 || change === 0 ? '' : `${change > 0 ? '+' : ''}${change} %`;
}

export function textReport({ options, off, on, explain }: Report): string {
  const count = (name: string, of: (arm: ArmResult) => number, change = true): Row => [
    name,
    String(of(off)),
    String(of(on)),
    change ? percent(of(off), of(on)) : '',
  ];
  const cpu = (name: string, of: (arm: ArmResult) => number): Row => [
    name,
    cores(of(off)),
    cores(of(on)),
    percent(of(off), of(on)),
  ];
  const rows: Row[] = [
    ['', 'temper off', 'temper on', 'change'],
    count('pods placed', ({ podsPlaced }) => podsPlaced),
    count('pods pending', ({ podsPending }) => podsPending),
    cpu('CPU of the nodes, cores', ({ cpuCapacityMilli }) => cpuCapacityMilli),
    cpu('CPU requested, original', ({ cpuOriginalMilli }) => cpuOriginalMilli),
    cpu('CPU requested, as scheduled', ({ cpuRequestedMilli }) => cpuRequestedMilli),
    cpu('CPU used (simulated)', ({ cpuUsedMilli }) => cpuUsedMilli),
    count('nodes used beyond their CPUs', ({ nodesOverused }) => nodesOverused, false),
    count('nodes with Critical pods', ({ nodesWithCritical }) => nodesWithCritical, false),
    count('nodes where Critical loses its fence', ({ nodesDemoted }) => nodesDemoted, false),
    count('least room for Critical and High, %', ({ leastProtectedRoomPercent }) => leastProtectedRoomPercent, false),
  ];
  return [
    `${options.pods} pods arrive at ${options.nodes} nodes, seed ${options.seed}.`,
    SIMULATED,
    assumptions(options),
    '',
    table(rows),
    '',
    latencies(on),
    `webhook, by reason: ${reasons(on)}`,
    ...explain.flatMap(({ pod, why, lines }) => ['', `explain ${pod} (${why}):`, ...lines.map((line) => `  ${line}`)]),
  ].join('\n');
}

function table(rows: readonly Row[]): string {
  const width = (column: number): number => Math.max(...rows.map((row) => (row[column] ?? '').length));
  const widths = [0, 1, 2, 3].map(width);
  return rows
    .map((row) =>
      row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  '),
    )
    .map((line) => line.trimEnd())
    .join('\n');
}

function latencies({ latencyMs }: ArmResult): string {
  const line = (route: string, { count, p50, p99 }: ArmResult['latencyMs']['mutate']): string =>
    `${route}: ${count} calls, p50 ${p50} ms, p99 ${p99} ms`;
  return `latency as the caller saw it: ${line('/mutate', latencyMs.mutate)}; ${line('/scheduler/prioritize', latencyMs.prioritize)}`;
}

function reasons(arm: ArmResult): string {
  return Object.entries(arm.reasons)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ');
}
