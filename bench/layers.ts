// Pods and machine to a config of scx_layered, pure: `npm run bench -- layers`, or `node bench/layers.ts`.
import type { CgroupTree } from '../agent/cgroups/tree.ts';
import { NOT_DEMOTED } from '../agent/layers/demotion.ts';
import { desire } from '../agent/layers/desire.ts';
import { render } from '../agent/layers/render.ts';
import { DEFAULT_LAYER_SETTINGS } from '../agent/layers/settings.ts';
import type { Machine } from '../agent/machine/machine.ts';
import type { AgentPod } from '../agent/pods/agent-pod.ts';
import type { Matching, SchedulerConfig } from '../agent/scheduler/scheduler.ts';
import { quantile } from './load.ts';
import type { BenchResult } from './result.ts';

const CPUS = 128;

/** As many Critical, High and Low pods as a stock binary takes; of the others any number. */
const LISTED = 30;

/** Target: desired config for 500 pods on 128 CPUs in 10 ms. */
export function benchLayers({ smoke }: { smoke: boolean }): Promise<BenchResult> {
  const rounds = smoke ? 20 : 2_000;
  const rows: BenchResult['rows'] = [];
  for (const matching of ['membership', 'prefixes'] as const) {
    for (const pods of [110, 500]) rows.push(measure(matching, pods, rounds));
  }
  return Promise.resolve({
    name: 'desired config',
    rows,
    notes: [
      `${CPUS} CPUs with SMT. Each round: desired layers, the config with its check by the schema and its hashes.`,
      `In each round one pod has another tier than in the round before. First: the first round of all in this process, nothing compiled; ${rounds} rounds.`,
      ...(smoke ? ['Smoke: few rounds, the figures mean nothing.'] : []),
    ],
  });
}

function measure(matching: Matching, count: number, rounds: number): Record<string, string | number> {
  const machine = machineOf(CPUS);
  const pods = Array.from({ length: count }, (_, index) => podOf(index));
  const tree = treeOf(pods);
  const took: number[] = [];
  let last: SchedulerConfig | null = null;
  const cpuBefore = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) {
    const flipped = pods.map((pod, index): AgentPod => (index === 100 ? { ...pod, tier: flip(round) } : pod));
    const start = performance.now();
    const input = { pods: flipped, tree, machine, matching, self: null, now: round };
    const { desired } = desire({ ...input, settings: DEFAULT_LAYER_SETTINGS, demotion: NOT_DEMOTED, joined: null });
    const rendering = render(desired, input);
    if (!rendering.ok) throw new Error(rendering.reason);
    if (last !== null && last.hash === rendering.config.hash) throw new Error('nothing changed');
    took.push(performance.now() - start);
    last = rendering.config;
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  const first = took[0] ?? 0;
  took.sort((a, b) => a - b);
  const ms = (value: number): number => Math.round(value * 100) / 100;
  return {
    matching,
    pods: count,
    'p50 ms': ms(quantile(took, 0.5)),
    'p99 ms': ms(quantile(took, 0.99)),
    'first ms': ms(first),
    'CPU ms a round': ms((user + system) / 1000 / rounds),
  };
}

const flip = (round: number): AgentPod['tier'] => (round % 2 === 0 ? 'low' : 'system');

function podOf(index: number): AgentPod {
  const tiers = ['critical', 'high', 'low', 'background'] as const;
  const tier = tiers[Math.floor(index / LISTED)] ?? 'normal';
  const uid = `00000000-0000-4000-8000-${index.toString().padStart(12, '0')}`;
  return {
    uid,
    cgroupUid: uid,
    namespace: 'shop',
    name: `pod-${index}`,
    tier,
    tierReason: 'no PriorityClass: by QoS class Burstable',
    qos: 'Burstable',
    requestMilli: 250,
    specMilli: 250,
    disbelieved: null,
    limitMilli: index % 2 === 0 ? 1000 : null,
    containerIds: [],
  };
}

function treeOf(pods: readonly AgentPod[]): CgroupTree {
  const burstable = 'kubepods.slice/kubepods-burstable.slice';
  const path = (uid: string): string => `${burstable}/kubepods-burstable-pod${uid.replaceAll('-', '_')}.slice`;
  return {
    layout: 'systemd',
    problem: null,
    kubepods: { path: 'kubepods.slice', id: 1n },
    burstable: { path: burstable, id: 2n },
    bestEffort: { path: 'kubepods.slice/kubepods-besteffort.slice', id: 3n },
    pods: new Map(
      pods.map(({ uid }, index) => [uid, { path: path(uid), id: BigInt(100 + index), containers: new Map() }]),
    ),
  };
}

function machineOf(cpus: number): Machine {
  const cores = cpus / 2;
  const all = Array.from({ length: cpus }, (_, id) => ({
    id,
    core: id % cores,
    llc: Math.floor((id % cores) / 8),
    node: 0,
  }));
  return { cpus: all, threads: 2, cores, llcs: cores / 8, nodes: 1 };
}

if (import.meta.main) {
  const { name, rows, notes } = await benchLayers({ smoke: process.argv.includes('--smoke') });
  console.log(name);
  console.table(rows);
  for (const line of notes) console.log(line);
}
