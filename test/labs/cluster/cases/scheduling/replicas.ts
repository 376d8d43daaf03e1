import type { Ctx } from '../../../../e2e/case.ts';
import { type Pod, pods } from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';

/** Replicas of a Deployment, placed and taken away again. */

export interface ReplicasWanted {
  readonly namespace: string;
  readonly scheduler: string;
  readonly replicas: number;
  readonly className?: string;
  /** @default '500m' */
  readonly cpu?: string;
}

/** @returns the node of each, once all are bound; then they are gone again */
export async function placeReplicas(ctx: Ctx, wanted: ReplicasWanted): Promise<string[]> {
  const { namespace, scheduler, replicas, className, cpu = '500m' } = wanted;
  const { client } = ctx.cluster;
  const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const labels = { app: scheduler };
  await client.create(deployments, {
    metadata: { name: scheduler },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          schedulerName: scheduler,
          ...(className !== undefined && { priorityClassName: className }),
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'app', image: 'registry.example/app:1', resources: { requests: { cpu } } }],
        },
      },
    },
  });
  let nodes: string[] = [];
  await until(`${replicas} replicas of ${scheduler} are bound`, async () => {
    nodes = (await listPods(ctx, namespace)).flatMap(({ spec }) => spec.nodeName ?? []);
    return nodes.length === replicas;
  });
  await client.delete(`${deployments}/${scheduler}`, { propagationPolicy: 'Background' });
  await until(`no replicas of ${scheduler}`, async () => (await listPods(ctx, namespace)).length === 0);
  return nodes;
}

export const listPods = (ctx: Ctx, namespace: string): Promise<Pod[]> => ctx.cluster.client.list<Pod>(pods(namespace));

/** How many there are of each that is listed; those without any count 0. */
export function counts(found: readonly string[], all: Iterable<string>): Map<string, number> {
  const numbers = new Map([...all].map((one) => [one, 0]));
  for (const one of found) numbers.set(one, (numbers.get(one) ?? 0) + 1);
  return numbers;
}
