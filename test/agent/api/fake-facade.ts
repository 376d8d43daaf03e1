import type {
  AgentFacade,
  LayeredConfig,
  NodeStatus,
  Observation,
  PodExplanation,
  PodRef,
} from '../../../agent/api/facade.ts';
import type { SafeModeSource } from '../../../agent/safemode/safe-mode.ts';
import { TemperError } from '../../../src/model/errors.ts';
import type { Tier } from '../../../src/model/tier.ts';

export const AT = Date.UTC(2026, 10, 21, 10);

export const POD: PodExplanation = {
  uid: '0c9a7b1e-6e0b-4f0e-9a63-b8f7f0a2a001',
  namespace: 'shop',
  name: 'cart-0',
  tier: 'critical',
  reason: 'priority 1000000 (temper-critical) is at least 1000000',
  layer: 'critical-fenced',
  layerReason: 'the fence fits: 2 of 7 CPUs',
  qos: 'Guaranteed',
  requestMilli: 2000,
  specMilli: 1000,
  disbelieved: null,
  limitMilli: null,
  override: null,
  cgroup: 'kubepods.slice/kubepods-pod0c9a7b1e_6e0b_4f0e_9a63_b8f7f0a2a001.slice',
  lines: ['critical-fenced: the fence fits: 2 of 7 CPUs'],
};

export const STATUS: NodeStatus = {
  node: 'node-1',
  status: { word: 'enforcing', reason: null },
  since: AT - 60_000,
  generation: 7,
  scheduler: {
    phase: 'enforcing',
    attached: 'layered',
    since: AT - 60_000,
    matching: 'membership',
    lastExit: null,
    usesLastKnownGood: false,
    retryAt: null,
    foreign: null,
  },
  gate: {
    checks: [
      { id: 'TMP3101', check: 'sched-ext', verdict: 'pass', reason: 'sched_ext is there and free', remedy: null },
      { id: 'TMP3102', check: 'memory', verdict: 'warn', reason: '80 MB are free', remedy: 'Free some memory.' },
    ],
    refusal: null,
  },
  safeMode: { sources: [], reason: null },
  tiers: {
    critical: { pods: 1, requestMilli: 2000 },
    high: { pods: 0, requestMilli: 0 },
    normal: { pods: 3, requestMilli: 1500 },
    low: { pods: 0, requestMilli: 0 },
    background: { pods: 1, requestMilli: 0 },
    system: { pods: 2, requestMilli: 200 },
  },
  layers: [
    { name: 'critical-fenced', pods: 1, cpus: 2, cpusUsed: 1.25, util: 0.625 },
    { name: 'normal', pods: 3 },
  ],
  notices: [{ id: 'limits-not-enforced', message: 'CPU limit not enforced while attached: shop/cart-1' }],
  stockGap: { count: 2, totalMs: 1_500, currentMs: null },
  versions: { agent: '0.1.0', scheduler: '1.0.18', kernel: null },
  lastContactAt: AT - 1_000,
};

export const CONFIG: LayeredConfig = {
  inForce: true,
  generation: 7,
  matching: 'membership',
  hash: 'c0ffee',
  shape: 'beef',
  layers: [{ name: 'critical-fenced', matches: [[]] }],
  members: new Map([[18_446_744_073_709_551_615n, 0]]),
};

export const OBSERVATION: Observation = {
  machine: { cpus: [{ id: 0, core: 0, llc: 0, node: 0 }], threads: 1, cores: 1, llcs: 1, nodes: 1 },
  scheduler: { ...STATUS.scheduler, generation: 7 },
  layers: [{ name: 'critical-fenced', pods: 1, cpus: 2, cpusUsed: 1.25, util: 0.625 }],
  pods: [POD],
};

/** An agent that is only a value: each part can be replaced, and `calls` says what was asked. */
export interface FakeFacade extends AgentFacade {
  readonly calls: unknown[][];
  sources: SafeModeSource[];
  config: LayeredConfig;
}

export function fakeFacade(overrides: Partial<AgentFacade> = {}): FakeFacade {
  const calls: unknown[][] = [];
  const known = (pod: PodRef): PodExplanation => {
    const fits = pod.by === 'uid' ? pod.uid === POD.uid : pod.namespace === POD.namespace && pod.name === POD.name;
    if (!fits) throw new TemperError('TMP3204', pod.by === 'uid' ? pod.uid : `${pod.namespace}/${pod.name}`);
    return POD;
  };
  const change = (pod: PodRef, before: Tier | null, tier: Tier) => {
    const { uid, namespace, name } = known(pod);
    return { uid, namespace, name, before, tier };
  };
  const facade: FakeFacade = {
    calls,
    sources: [],
    config: CONFIG,
    status: () => ({ ...STATUS, safeMode: safeMode(facade.sources) }),
    layeredConfig: () => facade.config,
    observe: () => OBSERVATION,
    explainPod: known,
    explainNode: () => ({ node: 'node-1', lines: ['enforcing since a minute', '1 pod is fenced'] }),
    async setQos(pod, tier) {
      calls.push(['setQos', pod, tier]);
      return await Promise.resolve(change(pod, null, tier));
    },
    async clearQos(pod) {
      calls.push(['clearQos', pod]);
      return await Promise.resolve(change(pod, 'high', 'critical'));
    },
    reload() {
      calls.push(['reload']);
      return { wasLatched: true, generation: 8 };
    },
    async setSafeMode(on) {
      calls.push(['setSafeMode', on]);
      const others = facade.sources.filter((source) => source !== 'host-file');
      const changed = on !== facade.sources.includes('host-file');
      facade.sources = on ? [...others, 'host-file'] : others;
      return await Promise.resolve({ changed, safeMode: safeMode(facade.sources) });
    },
    ...overrides,
  };
  return facade;
}

function safeMode(sources: readonly SafeModeSource[]) {
  return { sources: [...sources], reason: sources.length === 0 ? null : `asked for by ${sources.join(', ')}` };
}
