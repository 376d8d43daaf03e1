import type { PodPolicy, PodView } from '../src/model/pod-view.ts';
import { loadConfig } from '../src/service/config/settings.ts';
import { podPolicy } from '../src/service/policy.ts';
import { systemClock } from '../src/telemetry/system-clock.ts';
import { nameOf } from '../test/standin/api/objects.ts';
import { AUTOSCALERS, LIMIT_RANGES as LIMIT_RANGE_TYPE, PODS } from '../test/standin/api/resources.ts';
import { type Cluster, type NodeOptions, startCluster } from '../test/standin/cluster.ts';
import { seeded } from '../test/standin/seeded.ts';
import { type ServiceProcess, startServiceProcess } from '../test/support/service-process.ts';
import { nodesWithAgents } from './agents/choose.ts';
import { type Hosts, prepareHosts } from './agents/hosts.ts';
import { type RealAgent, startRealAgents } from './agents/real-agents.ts';
import { type Figures, figuresOf, placedPods } from './figures.ts';
import { daemonPods } from './fleet/daemons.ts';
import { drawFrom } from './fleet/draw.ts';
import { makeNodes } from './fleet/nodes.ts';
import { LIMIT_RANGES, NAMESPACES } from './fleet/templates.ts';
import { type Arrival, makeWorkloads, type Workload } from './fleet/workloads.ts';
import { type Latency, latencyOf } from './latency.ts';
import type { DemoOptions } from './options.ts';
import { untilReported, untilSeen } from './seen.ts';
import { connect } from './wiring.ts';

/** What one run, without or with temper, came to. */
export interface ArmResult extends Figures {
  readonly latencyMs: { readonly mutate: Latency; readonly prioritize: Latency };
  /** How often the webhook gave each reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Calls of webhook and extender without a usable answer in time: with any, the figures are not only the seed's. */
  readonly unanswered: number;
}

/** A run that is over; its cluster, and its service where temper was on, go on until closed. */
export interface Arm {
  readonly result: ArmResult;
  /** The pods, in the order of their names. */
  readonly views: readonly PodView[];
  readonly cluster: Cluster;
  readonly service: ServiceProcess | null;
  /** Nodes whose agent is real; none without temper. */
  readonly agents: readonly RealAgent[];
  /** Why there are none although some were asked for; null where nothing stood in the way. */
  readonly agentsRefused: string | null;
}

export interface ArmHooks {
  /** Pods that have arrived. */
  readonly progress: (arrived: number) => void;
  /** Takes what ends a thing that the run has started, as soon as it is started. */
  readonly closing: (close: () => Promise<void>) => void;
}

/** One generator for what arrives and another for the cluster, so that what arrives is the same in both runs. */
const CLUSTER_SEED_OFFSET = 7_919;

const NO_HOSTS: Hosts = { trees: new Map(), refusal: null };

/** Where temper would be installed: agents ask its annotation whether safe mode is on for the whole cluster. */
const RELEASE_NAMESPACE = 'temper';
/** What the simulated agents and the figures go by: the defaults of the service. */
const POLICY: PodPolicy = podPolicy(loadConfig({ environment: {}, flags: { 'webhook-enabled': 'true' } }));

/** Runs the arrivals once. */
export async function runArm(temper: 'off' | 'on', options: DemoOptions, hooks: ArmHooks): Promise<Arm> {
  const draw = drawFrom(seeded(options.seed));
  const nodes = makeNodes(options.nodes, draw);
  const workloads = makeWorkloads(options.pods, options.padding, draw);
  const samples = { mutate: [] as number[], prioritize: [] as number[] };
  const reasons = new Map<string, number>();
  let unanswered = 0;
  const cluster = await startCluster({
    clock: systemClock,
    seed: options.seed + CLUSTER_SEED_OFFSET,
    ...POLICY,
    onHookCall({ ms, auditAnnotations, outcome }) {
      samples.mutate.push(ms);
      const reason = auditAnnotations?.['reason'] ?? outcome;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      if (outcome.startsWith('failed')) unanswered += 1;
    },
    onExtenderCall({ ms, outcome }) {
      samples.prioritize.push(ms);
      if (outcome !== 'ok') unanswered += 1;
    },
  });
  hooks.closing(() => cluster.close());
  const useOf = new Map<string, number>();
  const withAgents = temper === 'on' ? nodesWithAgents(nodes, options.agents) : [];
  const hosts = withAgents.length > 0 ? await prepareHosts(withAgents, hooks.closing) : NO_HOSTS;
  const simulated = (node: NodeOptions): NodeOptions => ({ ...node, agent: !hosts.trees.has(node.name) });
  await furnish(cluster, nodes.map(simulated), workloads, useOf);
  const service = temper === 'on' ? startServiceProcess({ kubeconfig: cluster.kubeconfig }) : null;
  if (service !== null) hooks.closing(service.stop);
  const agents = await startRealAgents(cluster, withAgents, hosts, hooks.closing);
  if (service !== null) {
    await service.ready();
    await untilReported(service, agents);
    connect(cluster, service);
  }

  for (const [index, arrival] of workloads.flatMap(({ arrivals }) => arrivals).entries()) {
    const name = await create(cluster, arrival, useOf);
    const { bound } = await cluster.scheduler.run();
    if (service !== null && bound > 0) await untilSeen(service, agents, `${arrival.namespace}/${name}`);
    hooks.progress(index + 1);
  }
  const pods = placedPods(cluster.api.store.all(PODS.plural), useOf, POLICY);
  const latencyMs = { mutate: latencyOf(samples.mutate), prioritize: latencyOf(samples.prioritize) };
  const result = { ...figuresOf(nodes, pods), latencyMs, reasons: Object.fromEntries(reasons), unanswered };
  const views = pods.map(({ view }) => view);
  return { result, views, cluster, service, agents, agentsRefused: hosts.refusal };
}

/** Everything that is there before the first pod arrives. */
async function furnish(
  cluster: Cluster,
  nodes: readonly NodeOptions[],
  workloads: readonly Workload[],
  useOf: Map<string, number>,
): Promise<void> {
  for (const { name, optedIn } of NAMESPACES) {
    await cluster.addNamespace(name, { labels: optedIn ? { 'temper.codes/overcommit': 'enabled' } : {} });
  }
  await cluster.addNamespace(RELEASE_NAMESPACE);
  for (const body of LIMIT_RANGES) {
    await cluster.api.create(LIMIT_RANGE_TYPE, { namespace: body.metadata.namespace, body });
  }
  for (const node of nodes) await cluster.addNode(node);
  for (const daemon of daemonPods(nodes)) {
    await create(cluster, daemon, useOf);
    cluster.api.bind(daemon.namespace, daemon.name, { target: { name: daemon.node } });
  }
  for (const { arrivals, autoscaler } of workloads) {
    if (autoscaler === null) continue;
    await cluster.api.create(AUTOSCALERS, { namespace: arrivals[0]?.namespace, body: autoscaler });
  }
}

async function create(
  cluster: Cluster,
  { namespace, body, useMilli }: Arrival,
  useOf: Map<string, number>,
): Promise<string> {
  const { object } = await cluster.api.create(PODS, { namespace, body });
  useOf.set(`${namespace}/${nameOf(object)}`, useMilli);
  return nameOf(object);
}
