import type { Cluster, NodeOptions } from '../../test/standin/cluster.ts';
import { type AgentProcess, startAgentProcess } from '../../test/support/agent-process.ts';
import type { Hosts } from './hosts.ts';
import { followPods } from './kubelet.ts';
import { untilSigns } from './signs.ts';

/** A node whose agent is the real one, in a process of its own on a host of files, with the double for scx_layered. */
export interface RealAgent {
  readonly node: NodeOptions;
  readonly process: AgentProcess;
  /** Resolves once the agent's own watch has shown it the pod, by `namespace/name`. */
  untilListed(pod: string): Promise<void>;
}

/** Defaults but for the hold time, so that the scene can show attaching and letting go within seconds. */
const FLAGS = ['--scheduler-debounce-ms=500', '--scheduler-hold-ms=0'];
/** For a machine under load; an idle one needs a second. */
const FIRST_REPORT_MS = 60_000;
const LISTED_MS = 60_000;
/** It leaves the node on stock and says so; then it is ended whatever it does. */
const END_MS = 10_000;
const LOOK_MS = 2;

/**
 * Starts the agents of the nodes that have a host and resolves when each has reported for the first time.
 *
 * @throws Error with the end of an agent's log where it does not
 */
export async function startRealAgents(
  cluster: Cluster,
  nodes: readonly NodeOptions[],
  { trees }: Hosts,
  closing: (close: () => Promise<void>) => void,
): Promise<RealAgent[]> {
  const stopKubelets = followPods(
    cluster.api.store,
    new Map([...trees].map(([name, { paths }]) => [name, paths.cgroup])),
  );
  closing(async () => stopKubelets());
  const agents: RealAgent[] = [];
  closing(async () => {
    await Promise.all(agents.map(({ process }) => end(process)));
  });
  for (const node of nodes) {
    const host = trees.get(node.name);
    if (host === undefined) continue;
    const { kubeconfig } = cluster;
    agents.push(realAgent(node, startAgentProcess({ kubeconfig, node: node.name, host, flags: FLAGS })));
  }
  await Promise.all(agents.map((agent) => reported(cluster, agent)));
  return agents;
}

async function reported({ api }: Cluster, { node, process: { ports, log } }: RealAgent): Promise<void> {
  await ports;
  if (await untilSigns(api, node.name, ({ hasLoad }) => hasLoad, FIRST_REPORT_MS)) return;
  throw new Error(`the agent of ${node.name} has not reported within ${FIRST_REPORT_MS} ms\n${log.join('\n')}`);
}

function realAgent(node: NodeOptions, process: AgentProcess): RealAgent {
  return {
    node,
    process,
    async untilListed(pod) {
      const { http } = await process.ports;
      const deadline = performance.now() + LISTED_MS;
      while (performance.now() < deadline) {
        const answer = await fetch(`http://127.0.0.1:${http}/observe`);
        const { pods } = (await answer.json()) as { pods: ReadonlyArray<{ namespace: string; name: string }> };
        if (pods.some(({ namespace, name }) => `${namespace}/${name}` === pod)) return;
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      throw new Error(`the agent of ${node.name} has not listed ${pod} within ${LISTED_MS} ms`);
    },
  };
}

async function end(agent: AgentProcess): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, END_MS);
  });
  await Promise.race([agent.end(), late]);
  clearTimeout(timer);
  await agent.dispose();
}
