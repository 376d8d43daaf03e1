import { DEFAULT_LAYER_SETTINGS } from '../agent/layers/settings.ts';
import { createNodePods } from '../agent/pods/node-pods.ts';
import { createPublisher } from '../agent/publish/publisher.ts';
import { createLoop } from '../agent/reconcile/loop.ts';
import type { Measured } from '../agent/reconcile/node-load.ts';
import { createPublishing } from '../agent/reconcile/publishing.ts';
import { createSafeMode } from '../agent/safemode/create-safe-mode.ts';
import type { Matching } from '../agent/scheduler/scheduler.ts';
import { anonymousAccess } from '../src/kube/access.ts';
import { createEventSink } from '../src/kube/events.ts';
import { nodePath, patchAnnotations } from '../src/kube/patch.ts';
import { createTransport } from '../src/kube/transport.ts';
import { createWriter } from '../src/kube/write.ts';
import { factorOf } from '../src/model/factor.ts';
import { TIERS } from '../src/model/tier.ts';
import { machineOf, treeOf } from '../test/agent/layers/builders.ts';
import { fakeCgroups } from '../test/agent/reconcile/support.ts';
import { type Rig, rig } from '../test/agent/scheduler/support.ts';
import type { SeenRequest } from '../test/standin/api/http.ts';
import { type Cluster, startCluster } from '../test/standin/cluster.ts';
import { hostTree } from '../test/support/host-tree.ts';
import { policy } from '../test/support/webhook.ts';

export const NODE = 'bench-node';
const CPUS = 16;
/** As often as the agent samples it. */
const SAMPLE_MS = 30_000;

/**
 * All of the agent that talks to the API server, and what it talks about, on a given clock: loop, supervisor,
 * publisher, Events and list-watches are the real ones; scheduler, cgroups and what is measured are made up.
 */
export interface RequestsNode {
  readonly it: Rig;
  readonly cluster: Cluster;
  /** What the stand-in has counted. */
  readonly seen: SeenRequest[];
  close(): Promise<void>;
}

export async function requestsNode(matching: Matching, random: () => number): Promise<RequestsNode> {
  const it = rig({ isPatched: matching === 'membership', random });
  const { clock, scheduler } = it;
  it.world.tasks = [];
  const seen: SeenRequest[] = [];
  const { tierPolicy } = policy();
  const minimumFactor = factorOf(0.25);
  const onRequest = (request: SeenRequest): void => void seen.push(request);
  const cluster = await startCluster({ clock, tierPolicy, minimumFactor, onRequest });
  await cluster.addNamespace('temper');
  await cluster.addNamespace('shop');
  await cluster.addNode({ name: NODE, cores: CPUS, agent: false });
  const host = hostTree();
  const transport = createTransport(anonymousAccess(new URL(cluster.url)));
  const kube = { transport, clock, random, observer: DEAF };
  const pods = createNodePods({ ...kube, nodeName: NODE, policy: { tierPolicy, minimumFactor } });
  const safeMode = createSafeMode({ ...kube, nodeName: NODE, namespace: 'temper', paths: host.paths });
  const cgroups = fakeCgroups();
  pods.subscribe(() => cgroups.find(treeOf([...pods.pods.values()])));
  const writer = createWriter({ sender: transport, clock });
  const publisher = createPublisher({
    patch: (annotations) =>
      patchAnnotations(writer, { path: nodePath(NODE), fieldManager: 'temper-agent' }, annotations),
    clock,
    random,
    observer: { patched: () => {}, problem: () => {}, recovered: () => {} },
  });
  const events = createEventSink({
    writer,
    clock,
    random,
    subject: () => ({ apiVersion: 'v1', kind: 'Node', name: NODE, namespace: '', uid: safeMode.node?.uid }),
    reporter: { controller: 'temper.codes/agent', instance: NODE },
    onOutcome: () => {},
  });
  let measured: Measured = { usedMilliByTier: {}, pressureSome10: 0 };
  const publishing = createPublishing({
    isOurs: () => true,
    publisher,
    events,
    pods,
    safeMode,
    overrides: () => undefined,
    measured: () => measured,
    scheduler: () => scheduler.state,
    version: 'bench',
    heartbeatMs: () => 300_000,
    reserveCores: () => 1,
    now: () => clock.now(),
  });
  const loop = createLoop({
    clock,
    pods,
    cgroups,
    safeMode,
    scheduler,
    gate: () => Promise.resolve({ checks: [], refusal: null }),
    machine: () => ({ machine: machineOf(CPUS), offline: [] }) as never,
    crowd: () => null,
    cpus: () => null,
    matching,
    self: null,
    settings: () => ({ enforce: 'protected', holdMs: 300_000, attachesPerHour: 12, layers: DEFAULT_LAYER_SETTINGS }),
    turned: publishing.say,
  });
  const sample = (): void => {
    const used = TIERS.map((tier) => [tier, random() * 3_000] as const);
    measured = { usedMilliByTier: Object.fromEntries(used), pressureSome10: random() * 40 };
    loop.poke();
    clock.after(SAMPLE_MS, sample);
  };
  safeMode.start();
  pods.start();
  loop.start();
  sample();
  return {
    it,
    cluster,
    seen,
    async close() {
      loop.stop();
      await Promise.all([publisher.stop(), events.stop(), pods.stop(), safeMode.stop()]);
      transport.close();
      await cluster.close();
      host.dispose();
    },
  };
}

const DEAF = { restarted: () => {}, unreadable: () => {}, problem: () => {}, recovered: () => {} };
