import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';
import { metric } from '../../../../e2e/ask-service.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import {
  addNode,
  cpuOf,
  createPod,
  dryRun,
  mutateUrl,
  OPTED_IN,
  originalsOf,
  overcommitted,
  type Pod,
  type PodWanted,
  podBody,
  pods,
  register,
  untilScaled,
  WEBHOOKS,
} from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';

/** As `kubectl apply --server-side --field-manager=…`. */
async function apply(ctx: Ctx, namespace: string, fieldManager: string, body: object): Promise<Pod> {
  const { object } = await ctx.cluster.client.call<Pod>('PATCH', pods(namespace, 'web'), {
    contentType: 'application/apply-patch+yaml',
    query: { fieldManager, fieldValidation: 'Strict' },
    body,
  });
  return object;
}

const serverSideApply: Case = {
  name: 'server-side-apply',
  what: 'a pod that is applied is scaled; what another manager applies to it later changes nothing of that',
  async run(ctx) {
    await overcommitted(ctx, 'applied');
    const applied = await apply(ctx, 'applied', 'owner', podBody());
    assert.equal(cpuOf(applied), '700m');
    const labels = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', labels: { round: 'second' } } };
    const again = await apply(ctx, 'applied', 'labeller', labels);
    assert.equal(again.metadata.labels?.['round'], 'second');
    assert.equal(cpuOf(again), '700m');
    assert.deepEqual(originalsOf(again), originalsOf(applied));
  },
};

/** As the chart renders it, but for the address, and for a time-out that a busy machine keeps. */
function renderedWebhook(): object {
  const text = readFileSync('test/charts/golden/webhook.yaml', 'utf8');
  const objects = loadAll(text) as Array<{ kind: string; webhooks: ReadonlyArray<Record<string, unknown>> }>;
  const webhook = objects.find(({ kind }) => kind === 'MutatingWebhookConfiguration')?.webhooks[0];
  const { clientConfig: _address, timeoutSeconds: _short, ...rest } = webhook ?? {};
  return rest;
}

const ownedBy = (kind: string): PodWanted => ({
  metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'owner', uid: 'owner', controller: true }] },
});

/** Each with the number of calls that it is to cost. */
const ASKED: ReadonlyArray<readonly [what: string, pod: PodWanted, calls: number]> = [
  ['a pod', {}, 1],
  ['with labels and annotations', { metadata: { labels: { app: 'web' }, annotations: { note: 'x' } } }, 1],
  ['of a StatefulSet', ownedBy('StatefulSet'), 1],
  ['of a DaemonSet', ownedBy('DaemonSet'), 0],
  ['opted out', { metadata: { labels: { 'temper.codes/overcommit': 'disabled' } } }, 0],
  [
    'a mirror pod',
    { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } }, spec: { nodeName: 'some-node' } },
    0,
  ],
];

const matchConditions: Case = {
  name: 'match-conditions',
  what: "what the chart's selectors and conditions leave out is not asked about; a condition that fails lets the pod pass",
  async run(ctx) {
    const service = await ctx.service();
    await ctx.cluster.addNamespace('conditions', OPTED_IN);
    const webhook = renderedWebhook();
    await register(ctx, { url: mutateUrl(service), ca: service.ca.cert, webhook });
    await untilScaled(ctx, 'conditions');
    const reviews = (): Promise<number> => metric(service, 'temper_webhook_reviews_total{');
    const asked = async (wanted: PodWanted): Promise<number> => {
      const before = await reviews();
      await dryRun(ctx, 'conditions', wanted);
      return (await reviews()) - before;
    };
    for (const [what, pod, calls] of ASKED) assert.equal(await asked(pod), calls, what);

    const path = `${WEBHOOKS}/temper-overcommit`;
    const { webhooks } = await ctx.cluster.client.get<{ webhooks: readonly object[] }>(path);
    const broken = [{ name: 'broken', expression: `object.metadata.labels['no-such-label'] == 'x'` }];
    await ctx.cluster.client.patch(path, { webhooks: webhooks.map((one) => ({ ...one, matchConditions: broken })) });
    await until('nobody is asked any more', async () => cpuOf(await dryRun(ctx, 'conditions')) === '1');
    assert.equal(await asked({}), 0);
  },
};

const changedLater: Case = {
  name: 'changed-later',
  what: 'what happens to a scaled pod later is left alone: labels, an ephemeral container, a resize',
  async run(ctx) {
    await addNode(ctx, { name: 'changed-later', cores: 16 });
    await overcommitted(ctx, 'changed');
    const { client } = ctx.cluster;
    const created = await createPod(ctx, 'changed');
    const path = pods('changed', 'web');
    await until('it runs', async () => (await client.get<Running>(path)).status.phase === 'Running');
    await client.patch(path, { metadata: { labels: { later: 'yes' } } });
    const debug = { name: 'debug', image: 'registry.example/debug:1' };
    await client.patch(`${path}/ephemeralcontainers`, { spec: { ephemeralContainers: [debug] } });
    await client.call('PATCH', `${path}/resize`, {
      contentType: 'application/strategic-merge-patch+json',
      body: { spec: { containers: [{ name: 'app', resources: { requests: { cpu: '900m' } } }] } },
    });
    const pod = await client.get<Pod>(path);
    assert.equal(cpuOf(pod), '900m');
    assert.deepEqual(originalsOf(pod), originalsOf(created));
    assert.ok(Array.isArray(pod.spec['ephemeralContainers']));
  },
};

type Running = Pod & { status: { phase: string } };

export const API_CASES: readonly Case[] = [serverSideApply, matchConditions, changedLater];
