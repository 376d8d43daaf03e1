import { readPod } from '../../../../../src/model/pod.ts';
import { podCpuRequest } from '../../../../../src/model/pod-request.ts';
import { nanoToMilli, parseQuantity } from '../../../../../src/model/quantity.ts';
import type { Ctx } from '../../../../e2e/case.ts';
import { addNode, type Pod, pods } from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';

/** Nodes of a case's own that are full, and Deployments on them that are rolled. */

/** Keeps pods of other cases away. */
export const TAINT = { key: 'lab.temper.codes/crowded', effect: 'NoSchedule' };
const TOLERATION = { key: TAINT.key, operator: 'Exists' };

export interface Crowd {
  readonly namespace: string;
  readonly name: string;
  readonly cpu: string;
  readonly replicas: number;
}

export interface CrowdedNodes {
  readonly names: readonly string[];
  readonly cores: number;
}

export async function addCrowdedNodes(ctx: Ctx, { names, cores }: CrowdedNodes): Promise<void> {
  for (const name of names) await addNode(ctx, { name, cores, taints: [TAINT] });
}

export const onCrowdedNode = (nodeName: string): object => ({
  tolerations: [TOLERATION],
  nodeSelector: { 'kubernetes.io/hostname': nodeName },
});

const deployments = ({ namespace }: Crowd): string => `/apis/apps/v1/namespaces/${namespace}/deployments`;

/** Resolves when each of its pods has a node. */
export async function deploy(ctx: Ctx, crowd: Crowd): Promise<void> {
  const { name, cpu, replicas } = crowd;
  await ctx.cluster.client.create(deployments(crowd), {
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      // All old pods go before the new ones come: a rollout that waits for new ones would stop at the first.
      strategy: { type: 'Recreate' },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          tolerations: [TOLERATION],
          containers: [{ name: 'app', image: 'registry.example/app:1', resources: { requests: { cpu } } }],
        },
      },
    },
  });
  await until(`all pods of ${name} have a node`, async () => {
    const made = await madeBy(ctx, crowd);
    return made.length === replicas && made.every(({ spec }) => spec.nodeName !== undefined);
  });
}

const ROUND = { round: '2' };

/** As `kubectl rollout restart` of each. */
export async function rollAll(ctx: Ctx, crowds: readonly Crowd[]): Promise<void> {
  const change = { spec: { template: { metadata: { annotations: ROUND } } } };
  await Promise.all(crowds.map((one) => ctx.cluster.client.patch(`${deployments(one)}/${one.name}`, change)));
}

export interface Outcome {
  readonly refused: number;
  readonly pending: number;
}

/** Once nothing can change any more: all pods are new, and what is missing or waits fits nowhere. */
export async function outcome(ctx: Ctx, crowds: readonly Crowd[], nodes: CrowdedNodes): Promise<Outcome> {
  let came = { refused: 0, pending: 0 };
  await until('all that can run does', async () => {
    const made = await Promise.all(crowds.map((one) => madeBy(ctx, one)));
    const all = made.flat();
    if (all.some(({ metadata }) => metadata.annotations?.['round'] !== ROUND.round)) return false;
    const waiting = all.filter(({ spec }) => spec.nodeName === undefined);
    const missing = crowds.map(({ replicas }, index) => replicas - (made[index]?.length ?? 0));
    came = { refused: missing.reduce((sum, some) => sum + some, 0), pending: waiting.length };
    const most = Math.max(...(await Promise.all(nodes.names.map((name) => freeOn(ctx, name, nodes.cores)))));
    if (waiting.some((pod) => milliOf(pod) <= most)) return false;
    const short = crowds.filter((_, index) => (missing[index] ?? 0) > 0);
    return (await Promise.all(short.map((one) => isOverQuota(ctx, one)))).every(Boolean);
  });
  return came;
}

async function madeBy({ cluster }: Ctx, { namespace, name }: Crowd): Promise<Pod[]> {
  return await cluster.client.list<Pod>(pods(namespace), { labelSelector: `app=${name}` });
}

async function freeOn({ cluster }: Ctx, name: string, cores: number): Promise<number> {
  const there = await cluster.client.list<Pod>('/api/v1/pods', { fieldSelector: `spec.nodeName=${name}` });
  return cores * 1000 - there.reduce((sum, pod) => sum + milliOf(pod), 0);
}

function milliOf(object: Pod): number {
  const reading = readPod(object);
  if (!reading.ok) throw new Error(`${object.metadata.name} is no pod: ${reading.path}`);
  return Number(nanoToMilli(podCpuRequest(reading.pod)));
}

interface Quota {
  readonly status: { readonly hard: Amount; readonly used: Amount };
}
type Amount = Readonly<Record<'requests.cpu', string>>;

async function isOverQuota({ cluster }: Ctx, { namespace, cpu }: Crowd): Promise<boolean> {
  const [quota] = await cluster.client.list<Quota>(`/api/v1/namespaces/${namespace}/resourcequotas`);
  if (quota === undefined) return false;
  const nano = (text: string): bigint => parseQuantity(text) ?? 0n;
  const { hard, used } = quota.status;
  return nano(used['requests.cpu']) + nano(cpu) > nano(hard['requests.cpu']);
}
