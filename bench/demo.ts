// What the demo gains, over seeds at its default size and over other sizes: `npm run bench -- demo`.
import { runArm } from '../demo/arm.ts';
import { DEFAULTS, type DemoOptions } from '../demo/options.ts';
import type { BenchResult } from './result.ts';

/** Agents that are all simulated: a real one writes the same, and starting it measures nothing here. */
const AGENTS = 0;
const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1);
/** From a fleet with room for everything to one that is asked for three times what fits. */
const SIZES = [1, 3, 8, 20].flatMap((nodes) =>
  [10, 17, 22, 30, 50].map((perNode) => ({ nodes, pods: nodes * perNode })),
);

/** Targets: at the default size 15 % more pods for each seed, at no size fewer; never more nodes demoted. */
export async function benchDemo({ smoke }: { smoke: boolean }): Promise<BenchResult> {
  const rows: BenchResult['rows'] = [];
  for (const seed of smoke ? [] : SEEDS) rows.push(await compare({ ...DEFAULTS, agents: AGENTS, seed }));
  for (const size of smoke ? SIZES.slice(0, 1) : SIZES) {
    for (const seed of smoke ? [1] : [1, 2, 3])
      rows.push(await compare({ ...DEFAULTS, agents: AGENTS, ...size, seed }));
  }
  return { name: 'demo, temper off and on', rows, notes: notes(rows) };
}

async function compare(options: DemoOptions): Promise<BenchResult['rows'][number]> {
  const off = await place('off', options);
  const on = await place('on', options);
  const { nodes, pods, seed } = options;
  return {
    nodes,
    pods,
    seed,
    'placed off': off.podsPlaced,
    'placed on': on.podsPlaced,
    'more, %': Math.round((on.podsPlaced / off.podsPlaced - 1) * 1000) / 10,
    'demoted off': off.nodesDemoted,
    'demoted on': on.nodesDemoted,
    'least room off, %': off.leastProtectedRoomPercent,
    'least room on, %': on.leastProtectedRoomPercent,
    unanswered: on.unanswered,
  };
}

async function place(temper: 'off' | 'on', options: DemoOptions) {
  const closers: Array<() => Promise<void>> = [];
  try {
    const { result } = await runArm(temper, options, {
      progress: () => {},
      closing: (close) => closers.unshift(close),
    });
    return result;
  } finally {
    for (const close of closers) await close();
  }
}

function notes(rows: BenchResult['rows']): string[] {
  const isDefault = (row: BenchResult['rows'][number]): boolean => row['nodes'] === DEFAULTS.nodes;
  const gains = rows.filter(isDefault).map((row) => Number(row['more, %']));
  const fewer = rows.filter((row) => Number(row['placed on']) < Number(row['placed off'])).length;
  const unanswered = rows.filter((row) => Number(row['unanswered']) > 0).length;
  const demoted = rows.filter((row) => Number(row['demoted on']) > Number(row['demoted off'])).length;
  return [
    `At the default size at least ${Math.min(...gains)} % more over ${gains.length} seeds; fewer placed in ${fewer} of ${rows.length} runs; more demoted in ${demoted}.`,
    `In ${unanswered} runs a call got no answer in time: only the others are what their seed gives on any machine.`,
    'Containers ask for 2 to 4 times what they use; what arrives and how is in demo/fleet/.',
  ];
}
