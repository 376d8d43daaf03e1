import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { factorOf } from '../../src/model/factor.ts';
import { TIER_LOAD } from '../../src/model/keys.ts';
import { TIER_CLASSES } from '../../src/model/tier.ts';
import { decodeTierLoad } from '../../src/model/tier-load.ts';
import type { HookCall } from '../standin/admission/dispatch.ts';
import type { PodObject } from '../standin/api/objects.ts';
import { NAMESPACES, NODES, PODS, PRIORITY_CLASSES } from '../standin/api/resources.ts';
import { type Cluster, type ClusterOptions, startCluster } from '../standin/cluster.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { allow, fakeWebhook, setCpu } from './fake-webhook.ts';
import { podBody } from './helpers.ts';

async function started(t: TestContext, options: Partial<ClusterOptions> = {}): Promise<Cluster & { clock: FakeClock }> {
  const clock = new FakeClock();
  const cluster = await startCluster({
    clock,
    tierPolicy: {
      mode: 'value',
      thresholds: { critical: 1_000_000, high: 100_000, normal: 0, low: -100 },
      systemNamespaces: new Set(['kube-system']),
    },
    minimumFactor: factorOf(0.25),
    ...options,
  });
  t.after(() => cluster.close());
  return { ...cluster, clock };
}

test('it starts with what a real cluster and the chart bring', async (t) => {
  const { api } = await started(t);
  const names = (type: typeof NODES) => api.list(type).items.map(({ metadata }) => metadata.name);
  assert.deepEqual(names(NAMESPACES), ['default', 'kube-node-lease', 'kube-public', 'kube-system']);
  const classes = [...TIER_CLASSES.keys(), 'system-cluster-critical', 'system-node-critical'];
  assert.deepEqual(names(PRIORITY_CLASSES), classes.sort());
});

test('arrivals are reviewed, placed, counted by the agents; deletions make room again', async (t) => {
  const calls: HookCall[] = [];
  const cluster = await started(t, { onHookCall: (call) => calls.push(call) });
  const { api, scheduler, clock } = cluster;
  const webhook = await fakeWebhook(t, (review) => allow(review, setCpu('500m')));
  cluster.setWebhooks([
    {
      name: 'overcommit.temper.codes',
      url: webhook.url,
      caBundle: webhook.ca,
      namespaceSelector: { matchLabels: { 'temper.codes/overcommit': 'enabled' } },
    },
  ]);
  await cluster.addNamespace('shop', { labels: { 'temper.codes/overcommit': 'enabled' } });
  await cluster.addNode({ name: 'node', cores: 2, zone: 'a' });
  const create = (name: string) =>
    api.create(PODS, { namespace: 'shop', body: podBody({ name }, { requests: { cpu: '1' } }) });
  for (const name of ['a', 'b', 'c', 'd', 'e']) await create(name);
  assert.deepEqual(await scheduler.run(), { bound: 4, pending: 1 });
  assert.deepEqual(
    calls.map(({ outcome }) => outcome),
    Array(5).fill('patched'),
  );

  clock.advance(30_000);
  const load = decodeTierLoad(api.get(NODES, 'node').metadata.annotations?.[TIER_LOAD] ?? '');
  assert.ok(load.ok);
  assert.deepEqual([load.value.tiers.normal.pods, load.value.cores], [4, 2]);

  api.remove(PODS, { namespace: 'shop', name: 'a' });
  scheduler.retry();
  assert.deepEqual(await scheduler.run(), { bound: 1, pending: 0 });
  assert.equal((api.get(PODS, 'e', 'shop') as PodObject).spec.nodeName, 'node');
});

test('the same seed gives the same cluster', async (t) => {
  const run = async (seed: number): Promise<unknown> => {
    const cluster = await started(t, { seed });
    await cluster.addNamespace('shop');
    for (const name of ['a', 'b', 'c']) await cluster.addNode({ name, cores: 64, memory: '256Gi' });
    for (let pod = 0; pod < 20; pod += 1) {
      await cluster.api.create(PODS, { namespace: 'shop', body: podBody({ generateName: 'web-' }, {}) });
    }
    await cluster.scheduler.run();
    return cluster.api.list(PODS).items;
  };
  const [first, again, other] = [await run(7), await run(7), await run(8)];
  assert.deepEqual(first, again);
  assert.notDeepEqual(first, other);
});

test('a sidecar injector before and after the webhook', async (t) => {
  const calls: HookCall[] = [];
  const cluster = await started(t, { onHookCall: (call) => calls.push(call) });
  const webhook = await fakeWebhook(t, (review) => allow(review));
  await cluster.addNamespace('shop');
  const add = (name: string) => ({
    name,
    mutate: ({ spec }: PodObject) =>
      spec.containers.some((container) => container.name === name)
        ? []
        : [{ op: 'add', path: '/spec/containers/-', value: { name, image: 'x:1' } }],
  });
  const config = { name: 'temper', url: webhook.url, caBundle: webhook.ca, reinvocationPolicy: 'IfNeeded' } as const;
  cluster.setWebhooks([config], [add('early')], [add('late')]);
  await cluster.api.create(PODS, { namespace: 'shop', body: podBody({ name: 'a' }) });
  assert.deepEqual(
    calls.map(({ hook, round }) => `${hook} ${round}`),
    ['early 0', 'temper 0', 'late 0', 'temper 1'],
  );
  const seen = webhook.received.map(({ review }) => review.request.object.spec.containers.map(({ name }) => name));
  assert.deepEqual(seen, [
    ['app', 'early'],
    ['app', 'early', 'late'],
  ]);
});

test('the kubeconfig leads to the API', async (t) => {
  const { kubeconfig, url } = await started(t, { token: 'secret' });
  const { clusters, users } = JSON.parse(kubeconfig) as {
    clusters: Array<{ cluster: { server: string } }>;
    users: Array<{ user: { token: string } }>;
  };
  assert.equal(clusters[0]?.cluster.server, url);
  const get = (token: string) => fetch(`${url}/api/v1/nodes`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await get(users[0]?.user.token ?? '')).status, 200);
  assert.equal((await get('wrong')).status, 401);
});

test('after close nothing of it is left: no timer, no port', async (t) => {
  const cluster = await started(t);
  await cluster.addNode({ name: 'node', cores: 2 });
  assert.equal(cluster.clock.pending.length, 1);
  const { clock, url } = cluster;
  await cluster.close();
  assert.deepEqual(clock.pending, []);
  await assert.rejects(fetch(url));
});
