import type { ServiceProcess } from '../test/support/service-process.ts';
import type { RealAgent } from './agents/real-agents.ts';

/**
 * Waits until the service's watch has shown where the pod was bound, and the watch of that node's agent too, if
 * it is a real one. In a cluster pods arrive further apart than that takes; here it also makes a seed give
 * the same figures each time.
 */
export async function untilSeen(service: ServiceProcess, agents: readonly RealAgent[], pod: string): Promise<void> {
  let node: string | null = null;
  while (node === null) {
    const answer = await fetch(explainUrl(service, `pods/${pod}`));
    node = ((await answer.json()) as { node?: string | null }).node ?? null;
  }
  await agents.find((agent) => agent.node.name === node)?.untilListed(pod);
}

/** Waits until the service has read the first reports of the agents, as it has read those of the simulated ones at its start. */
export async function untilReported(service: ServiceProcess, agents: readonly RealAgent[]): Promise<void> {
  for (const { node } of agents) {
    for (let isFresh = false; !isFresh; ) {
      const answer = await fetch(explainUrl(service, `nodes/${node.name}`));
      isFresh = ((await answer.json()) as { freshness?: string }).freshness === 'fresh';
    }
  }
}

function explainUrl({ ports }: ServiceProcess, path: string): string {
  return `http://127.0.0.1:${ports.get('explain')}/explain/${path}`;
}
