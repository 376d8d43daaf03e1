import { AGENT_STATUS } from '../../../../../src/model/keys.ts';
import type { Ctx } from '../../../../e2e/case.ts';
import { addNode, type Pod, pods, untilTidy } from '../../../../e2e/kit.ts';

/** Nodes as the pages name them, and what their agents say. */

export const NODES = ['worker-1', 'worker-2'];

/** With the namespaces that the pages make; all of it is gone at the end of the case. */
export async function addWorkers(ctx: Ctx): Promise<void> {
  await untilTidy(ctx);
  for (const name of NODES) await addNode(ctx, { name, cores: 8, labels: { 'kubernetes.io/os': 'linux' } });
  for (const namespace of ['shop', 'temper']) {
    ctx.after(() => ctx.cluster.removeNamespace?.(namespace));
  }
}

export async function statusOf({ cluster: { client } }: Ctx, node: string): Promise<string | undefined> {
  return (await client.get(`/api/v1/nodes/${node}`)).metadata.annotations?.[AGENT_STATUS];
}

export async function allSay(ctx: Ctx, wanted: RegExp, nodes: readonly string[] = NODES): Promise<boolean> {
  const said = await Promise.all(nodes.map((node) => statusOf(ctx, node)));
  return said.every((word) => wanted.test(word ?? ''));
}

/** The pods of one label that are not about to go. */
export async function podsOf({ cluster: { client } }: Ctx, namespace: string, labelSelector: string): Promise<Pod[]> {
  const all = await client.list<Pod>(pods(namespace), { labelSelector });
  return all.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}
