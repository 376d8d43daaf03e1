import assert from 'node:assert/strict';
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

/** As the chart has them: what the service would leave alone in any case need not cost a call. */
const CONDITIONS = [
  { name: 'not-opted-out', expression: `object.metadata.?labels['temper.codes/overcommit'].orValue('') != 'disabled'` },
  {
    name: 'no-mirror-pod',
    expression: `!has(object.metadata.annotations) || !('kubernetes.io/config.mirror' in object.metadata.annotations)`,
  },
];

const matchConditions: Case = {
  name: 'match-conditions',
  what: 'pods that the conditions leave out are not asked about, all others are',
  async run(ctx) {
    const service = await ctx.service();
    await ctx.cluster.addNamespace('conditions', OPTED_IN);
    await register(ctx, { url: mutateUrl(service), ca: service.ca.cert, webhook: { matchConditions: CONDITIONS } });
    await until('pods are scaled', async () => cpuOf(await dryRun(ctx, 'conditions')) === '700m');
    const reviews = (): Promise<number> => metric(service, 'temper_webhook_reviews_total{');
    const asked = async (wanted: PodWanted): Promise<number> => {
      const before = await reviews();
      await dryRun(ctx, 'conditions', wanted);
      return (await reviews()) - before;
    };
    assert.equal(await asked({ metadata: { labels: { app: 'web' } } }), 1);
    assert.equal(await asked({ metadata: { labels: { 'temper.codes/overcommit': 'disabled' } } }), 0);
    const mirror = {
      metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } },
      spec: { nodeName: 'some-node' },
    };
    assert.equal(await asked(mirror), 0);
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
