import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { systemClock } from '../../../../../src/telemetry/system-clock.ts';
import { run } from '../../../../cli/harness.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { addNode, createPod, OPTED_IN, overcommitted, type Pod, pods, untilBound } from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';

/** Two nodes that are full of scaled pods, and a namespace whose quota is. */

const TAINT = { key: 'lab.temper.codes/way-out', effect: 'NoSchedule' };
const NODES = ['way-out-1', 'way-out-2'];
const CORES = 6;
/** On each node, not scaled: what is left holds seven scaled pods of 700m, and five that are not. */
const STAYS = '500m';
const CROWD = { namespace: 'crowd', replicas: 9 };
const CAPPED = { namespace: 'capped', replicas: 5 };
const QUOTA = '3500m';

const wayOut: Case = {
  name: 'way-out',
  what: 'without the webhook as many pods are refused and stay Pending as `temper-cli check` and `chart leave` have said',
  async run(ctx) {
    const { client } = ctx.cluster;
    for (const name of NODES) await addNode(ctx, { name, cores: CORES, taints: [TAINT] });
    await overcommitted(ctx, CROWD.namespace);
    await ctx.cluster.addNamespace(CAPPED.namespace, OPTED_IN);
    for (const { namespace } of [CROWD, CAPPED]) ctx.after(() => client.delete(`/api/v1/namespaces/${namespace}`));
    for (const nodeName of NODES) await stay(ctx, nodeName);
    const quotas = `/api/v1/namespaces/${CAPPED.namespace}/resourcequotas`;
    await client.create(quotas, { metadata: { name: 'cpu' }, spec: { hard: { 'requests.cpu': QUOTA } } });
    await until('the quota is in force', async () => 'hard' in (await client.get<Quota>(`${quotas}/cpu`)).status);
    for (const one of [CROWD, CAPPED]) {
      await client.create(deployments(one), deployment(one));
      await until(`all pods of ${one.namespace} run`, async () => (await placed(ctx, one)).length === one.replicas);
    }

    const said = await ask(ctx, ['check', '--without-webhook']);
    ctx.figure('pods that were to be refused', said.refused, 'pods');
    ctx.figure('pods that were to stay Pending', said.pending, 'pods');
    const left = await ask(ctx, ['chart', 'leave', '--webhook', 'temper-overcommit']);
    assert.deepEqual([left.refused, left.pending], [said.refused, said.pending]);
    assert.ok(left.webhookDeleted);

    for (const one of [CAPPED, CROWD])
      await client.patch(`${deployments(one)}/web`, {
        spec: { template: { metadata: { annotations: { round: '2' } } } },
      });
    const came = await outcome(ctx);
    ctx.figure('pods that were refused', came.refused, 'pods');
    ctx.figure('pods that stayed Pending', came.pending, 'pods');
    assert.deepEqual([came.refused, came.pending], [said.refused, said.pending]);
    assert.ok(came.refused > 0 && came.pending > 0, 'both are shown');
  },
};

interface Quota {
  readonly status: object;
}

interface RoundPod extends Pod {
  readonly status: { readonly conditions?: ReadonlyArray<{ readonly type: string; readonly reason?: string }> };
}

interface Workload {
  readonly namespace: string;
  readonly replicas: number;
}

const deployments = ({ namespace }: Workload): string => `/apis/apps/v1/namespaces/${namespace}/deployments`;

/** All old pods go before the new ones come: a rollout that waits for new ones would stop at the first. */
const deployment = ({ replicas }: Workload): object => ({
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    strategy: { type: 'Recreate' },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        tolerations: [TAINT],
        containers: [{ name: 'app', image: 'registry.example/app:1', resources: { requests: { cpu: '1' } } }],
      },
    },
  },
});

async function stay(ctx: Ctx, nodeName: string): Promise<void> {
  const labels = { 'temper.codes/overcommit': 'disabled' };
  const spec = { tolerations: [TAINT], nodeSelector: { 'kubernetes.io/hostname': nodeName } };
  await createPod(ctx, CROWD.namespace, { name: nodeName, cpu: STAYS, metadata: { labels }, spec });
  await untilBound(ctx, CROWD.namespace, nodeName);
}

const madeBy = async ({ cluster }: Ctx, { namespace }: Workload): Promise<RoundPod[]> =>
  await cluster.client.list<RoundPod>(pods(namespace), { labelSelector: 'app=web' });
const placed = async (ctx: Ctx, one: Workload): Promise<RoundPod[]> =>
  (await madeBy(ctx, one)).filter(({ spec }) => spec.nodeName !== undefined);

interface Said {
  readonly refused: number;
  readonly pending: number;
  readonly webhookDeleted?: boolean;
}

async function ask(ctx: Ctx, args: readonly string[]): Promise<Said> {
  const kubeconfig = ctx.artifact('kubeconfig');
  writeFileSync(kubeconfig, ctx.cluster.kubeconfig, { mode: 0o600 });
  const ran = await run([...args, '-o', 'json', '--kubeconfig', kubeconfig, '--request-timeout', '1m'], {
    clock: systemClock,
  });
  assert.ok(ran.code === 0 || ran.code === 3, ran.stderr);
  return JSON.parse(ran.stdout) as Said;
}

/** Once nothing can change any more: only new pods, no CPU left for one on any node, nor in the quota. */
async function outcome(ctx: Ctx): Promise<Said> {
  let came: Said | undefined;
  await until('all that can run does', async () => {
    const made = [...(await madeBy(ctx, CROWD)), ...(await madeBy(ctx, CAPPED))];
    if (made.some(({ metadata }) => metadata.annotations?.['round'] !== '2')) return false;
    const capped = made.filter(({ metadata }) => metadata.namespace === CAPPED.namespace);
    const waits = made.filter(({ spec }) => spec.nodeName === undefined);
    came = { refused: CAPPED.replicas - capped.length, pending: waits.length };
    const isFull = NODES.every((name) => made.filter(({ spec }) => spec.nodeName === name).length === CORES - 1);
    return isFull && made.length - capped.length === CROWD.replicas && capped.length === 3;
  });
  assert.ok(came);
  return came;
}

export const WAY_OUT_CASES: readonly Case[] = [wayOut];
