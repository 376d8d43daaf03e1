import { createExtender, type Extender, type ExtenderDeps } from '../../extender/engine.ts';
import { type NodeView, readNodeView } from '../../extender/node-view.ts';

import type { ExtenderSettings } from '../../extender/settings.ts';
import { Store } from '../../src/kube/store.ts';
import { factorOf } from '../../src/model/factor.ts';
import { ENFORCE, SAFE_MODE_REQUESTED, TIER_LOAD, TOPOLOGY_ZONE } from '../../src/model/keys.ts';
import { readPod } from '../../src/model/pod.ts';
import { type PodView, podView as viewOf } from '../../src/model/pod-view.ts';
import { TIER_CLASSES, type Tier, type TierPolicy } from '../../src/model/tier.ts';
import { encodeTierLoad, type TierLoad } from '../../src/model/tier-load.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { FakeClock } from '../support/fake-clock.ts';

export const NOW = Date.UTC(2026, 10, 21, 10);

export const TIER_POLICY: TierPolicy = {
  mode: 'value',
  thresholds: { critical: 1_000_000, high: 100_000, normal: 0, low: -100 },
  systemNamespaces: new Set(['kube-system']),
};

export const SETTINGS: ExtenderSettings = {
  filter: false,
  schedulerNames: [],
  tierPolicy: TIER_POLICY,
  minimumFactor: factorOf(0.25),
};

const NOTHING = { pods: 0, requestMilli: 0, usedMilli: 0 };

/** A report of an idle node of 8 CPUs; `requests` are millicores by tier. */
export function tierLoad(
  change: Partial<TierLoad> & { readonly requests?: Partial<Record<Tier, number>> } = {},
): TierLoad {
  const { requests = {}, ...rest } = change;
  const of = (tier: Tier) => ({
    pods: requests[tier] === undefined ? 0 : 1,
    requestMilli: requests[tier] ?? 0,
    usedMilli: 0,
  });
  return {
    at: NOW,
    heartbeatMs: 300_000,
    cores: 8,
    threads: 1,
    reserveCores: 1,
    protection: 'enforcing',
    tiers: {
      critical: of('critical'),
      high: of('high'),
      normal: of('normal'),
      low: of('low'),
      background: of('background'),
    },
    system: NOTHING,
    pressureSome10: 0,
    ...rest,
  };
}

export interface NodeMarks {
  readonly safeMode?: string;
  readonly enforce?: string;
  readonly zone?: string | null;
}

/** A Node as the API server sends it; a text stands for the annotation itself. */
export function nodeObject(name: string, load: TierLoad | string | null, marks: NodeMarks = {}): unknown {
  return {
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        ...(marks.enforce && { [ENFORCE]: marks.enforce }),
        ...(marks.zone && { [TOPOLOGY_ZONE]: marks.zone }),
      },
      annotations: {
        ...(load !== null && { [TIER_LOAD]: typeof load === 'string' ? load : encodeTierLoad(load) }),
        ...(marks.safeMode && { [SAFE_MODE_REQUESTED]: marks.safeMode }),
      },
    },
  };
}

export interface PodParts {
  readonly uid?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly tier?: Tier;
  readonly cpu?: string;
  readonly node?: string;
  readonly boundAt?: number;
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
}

/** A Pod as the API server sends it, bound if `node` is given. */
export function podObject(parts: PodParts = {}) {
  const { uid = 'uid-1', tier = 'normal', cpu, node, boundAt = NOW } = parts;
  const className = `temper-${tier}`;
  const at = new Date(boundAt).toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    metadata: { uid, name: parts.name ?? `pod-${uid}`, namespace: parts.namespace ?? 'shop', ...parts.metadata },
    spec: {
      priorityClassName: className,
      priority: TIER_CLASSES.get(className)?.value,
      schedulerName: 'temper-scheduler',
      containers: [{ name: 'app', resources: cpu === undefined ? {} : { requests: { cpu } } }],
      ...(node !== undefined && { nodeName: node }),
      ...parts.spec,
    },
    status: {
      phase: 'Pending',
      ...(node !== undefined && { conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: at }] }),
      ...parts.status,
    },
  };
}

export function podView(object: unknown): PodView {
  const reading = readPod(object);
  if (!reading.ok) throw new Error(`${reading.path}: ${reading.problem}`);
  return viewOf(reading.pod, SETTINGS);
}

export function nodeView(object: unknown): NodeView {
  const view = readNodeView(object);
  if (view === null) throw new Error('not a node');
  return view;
}

/** An extender with its two stores, driven by hand. */
export interface Rig {
  readonly extender: Extender;
  readonly clock: FakeClock;
  readonly metrics: Metrics;
  readonly nodes: Store<NodeView>;
  readonly pods: Store<PodView>;
  readonly logged: Array<Record<string, unknown>>;
  report(name: string, load: TierLoad | string | null, marks?: NodeMarks): void;
  /** Shows a pod on the watch. */
  show(parts: PodParts): void;
  /** Asks for a pod; the scores by node name. */
  ask(parts: PodParts, names: readonly string[]): Map<string, number>;
}

export function rig(settings: Partial<ExtenderSettings> = {}, before: Partial<ExtenderDeps> = {}): Rig {
  const clock = new FakeClock(NOW);
  const metrics = new Metrics();
  const nodes = new Store<NodeView>();
  const pods = new Store<PodView>();
  const logged: Array<Record<string, unknown>> = [];
  const logger = createLogger('extender', 'debug', { write: (line) => void logged.push(JSON.parse(line)) });
  const extender = createExtender({
    nodes,
    pods,
    clock,
    metrics,
    logger,
    settings: { ...SETTINGS, ...settings },
    ...before,
  });
  return {
    extender,
    clock,
    metrics,
    nodes,
    pods,
    logged,
    report: (name, load, marks) => nodes.set(name, nodeView(nodeObject(name, load, marks))),
    show(parts) {
      const view = podView(podObject(parts));
      pods.set(`${view.namespace}/${view.name}`, view);
    },
    ask(parts, names) {
      const answer = extender.prioritize({ Pod: podObject(parts), Nodes: null, NodeNames: names });
      if (!answer.ok) throw new Error(answer.problem);
      return new Map(answer.list.map(({ Host, Score }) => [Host, Score]));
    },
  };
}

/** The value of one sample of a metric; null where there is none. */
export async function sample(
  metrics: Metrics,
  name: string,
  labels: Record<string, string> = {},
): Promise<number | null> {
  const metric = await metrics.registry.getSingleMetric(name)?.get();
  const wanted = Object.entries(labels);
  const found = metric?.values.find((value) =>
    wanted.every(([label, text]) => (value.labels as Record<string, unknown>)[label] === text),
  );
  return found?.value ?? null;
}
