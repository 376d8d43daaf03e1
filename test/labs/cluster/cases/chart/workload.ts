import type { Ctx } from '../../../../e2e/case.ts';
import { cpuOf, type Pod, pods } from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';

/** A Deployment of somebody's, as kubectl treats it. */
export interface Workload {
  /** Changes its template and resolves with its pods when all of the new ones run, and no other. */
  roll(change: { readonly annotations?: object; readonly spec?: object }): Promise<Pod[]>;
  /** CPU requests of its pods. */
  requests(): Promise<Array<string | undefined>>;
}

const NAME = 'web';
const LABELS = { app: NAME };
const REPLICAS = 2;

interface Deployment {
  readonly metadata: { readonly generation: number };
  readonly status: { readonly observedGeneration?: number; readonly [count: string]: number | undefined };
}

export async function deploy(ctx: Ctx, namespace: string, spec: object): Promise<Workload> {
  const { client } = ctx.cluster;
  const collection = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const containers = [{ name: 'app', image: 'registry.example/app:1', resources: { requests: { cpu: '1' } } }];
  await client.create(collection, {
    metadata: { name: NAME },
    spec: {
      replicas: REPLICAS,
      selector: { matchLabels: LABELS },
      template: { metadata: { labels: LABELS }, spec: { containers, ...spec } },
    },
  });
  const own = (): Promise<Pod[]> => client.list<Pod>(pods(namespace), { labelSelector: `app=${NAME}` });
  const rolledOut = async (): Promise<boolean> => {
    const { metadata, status } = await client.get<Deployment>(`${collection}/${NAME}`);
    const counts = ['replicas', 'updatedReplicas', 'availableReplicas'].map((count) => status[count]);
    return status.observedGeneration === metadata.generation && counts.every((count) => count === REPLICAS);
  };
  await until('the workload runs', rolledOut);
  return {
    async roll({ annotations = {}, spec: changed = {} }) {
      await client.patch(`${collection}/${NAME}`, { spec: { template: { metadata: { annotations }, spec: changed } } });
      await until('the workload runs anew', async () => (await rolledOut()) && (await own()).length === REPLICAS);
      return await own();
    },
    requests: async () => (await own()).map(cpuOf),
  };
}
