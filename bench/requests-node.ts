import type { Matching } from '../agent/scheduler/scheduler.ts';
import { anonymousAccess } from '../src/kube/access.ts';
import { createTransport } from '../src/kube/transport.ts';
import { factorOf } from '../src/model/factor.ts';
import { TIERS } from '../src/model/tier.ts';
import { type Rig, rig } from '../test/agent/scheduler/support.ts';
import type { SeenRequest } from '../test/standin/api/http.ts';
import { type Cluster, startCluster } from '../test/standin/cluster.ts';
import { startAgentLoop } from '../test/support/agent-loop.ts';
import { hostTree } from '../test/support/host-tree.ts';
import { policy } from '../test/support/webhook.ts';

export const NODE = 'bench-node';
const CPUS = 16;
/** As often as the agent samples it. */
const SAMPLE_MS = 30_000;

/** All of the agent that talks to the API server, on a given clock, with the double for its scheduler. */
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
  const loop = startAgentLoop({
    node: NODE,
    cpus: CPUS,
    namespace: 'temper',
    runFolder: host.paths.run,
    transport,
    clock,
    random,
    scheduler,
    matching,
  });
  const sample = (): void => {
    const used = TIERS.map((tier) => [tier, random() * 3_000] as const);
    loop.measure({ usedMilliByTier: Object.fromEntries(used), pressureSome10: random() * 40 });
    clock.after(SAMPLE_MS, sample);
  };
  sample();
  return {
    it,
    cluster,
    seen,
    async close() {
      await loop.stop();
      transport.close();
      await cluster.close();
      host.dispose();
    },
  };
}
