import type { ArmResult } from './arm.ts';
import type { Explained } from './explain.ts';
import type { DemoOptions } from './options.ts';
import type { Scene } from './scene/play.ts';
import { sceneReport } from './scene/report.ts';
import { table } from './table.ts';

export interface Report {
  readonly options: DemoOptions;
  readonly off: ArmResult;
  readonly on: ArmResult;
  readonly explain: readonly Explained[];
  readonly agents: {
    /** The nodes whose agent was real. */
    readonly nodes: readonly string[];
    /** Why there are none although some were asked for; null where nothing stood in the way. */
    readonly refused: string | null;
  };
  readonly scene: Scene;
}

/** What is real and what is not, for people. */
export function simulated({ options, agents: { nodes, refused } }: Report): string[] {
  const others = `${options.nodes - nodes.length} of ${options.nodes} agents`;
  const lines = [
    `Simulated: API server, nodes, scheduling cycle (no preemption), pods and the CPU they use, ${others}.`,
  ];
  if (nodes.length === 0) {
    lines.push('Real: the temper service, a process of its own over HTTPS.');
    if (refused !== null) lines.push(`No real agents: ${refused}.`);
    return lines;
  }
  return [
    ...lines,
    `Real: the temper service, over HTTPS, and the agents of ${nodes.join(', ')}, whose annotations the extender reads; each a process.`,
    "Below a real agent the node's kernel and scheduler are simulated all the same: files in a temporary directory, and in place of " +
      'scx_layered a double that schedules nothing and takes one second to load. The real one needs root and a kernel with ' +
      'sched_ext, and would change how this machine runs.',
  ];
}

/** What the fleet takes for granted, for people. */
export function assumptions({ padding: [low, high] }: DemoOptions): string {
  return (
    `Assumed: containers ask for ${low} to ${high} times what they use (--padding), evenly spread; shares of tiers, kinds and ` +
    'sizes as in demo/fleet/templates.ts; more arrives than fits.'
  );
}

/** The report as data; `off` and `on` have the same keys. */
export function jsonReport(report: Report): string {
  const { options, off, on, explain, agents, scene } = report;
  const { nodes, pods, seed, padding } = options;
  return JSON.stringify(
    {
      simulated: simulated(report).join(' '),
      assumptions: assumptions(options),
      options: { nodes, pods, seed, padding },
      off,
      on,
      explain,
      agents,
      scene,
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

export function textReport(report: Report): string {
  const { options, off, on, explain, scene } = report;
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
    ...simulated(report),
    assumptions(options),
    '',
    table(rows, 1),
    '',
    ...sceneReport(scene).flatMap((line, at, { length }) => (at === length - 1 ? [line, ''] : [line])),
    latencies(on),
    ...unanswered(on),
    `webhook, by reason: ${reasons(on)}`,
    ...explain.flatMap(({ pod, why, lines }) => ['', `explain ${pod} (${why}):`, ...lines.map((line) => `  ${line}`)]),
  ].join('\n');
}

function latencies({ latencyMs }: ArmResult): string {
  const line = (route: string, { count, p50, p99 }: ArmResult['latencyMs']['mutate']): string =>
    `${route}: ${count} calls, p50 ${p50} ms, p99 ${p99} ms`;
  return `latency as the caller saw it: ${line('/mutate', latencyMs.mutate)}; ${line('/scheduler/prioritize', latencyMs.prioritize)}`;
}

function unanswered(arm: ArmResult): string[] {
  if (arm.unanswered === 0) return [];
  return [`${arm.unanswered} calls got no answer in time: on this machine, now, the figures are not only the seed's`];
}

function reasons(arm: ArmResult): string {
  return Object.entries(arm.reasons)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ');
}
