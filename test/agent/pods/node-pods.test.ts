import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createNodePods } from '../../../agent/pods/node-pods.ts';
import { anonymousAccess } from '../../../src/kube/access.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { until } from '../../kube/harness.ts';
import { serveApi } from '../../standin/api/http.ts';
import { PODS } from '../../standin/api/resources.ts';
import { addPod, addPriorityClass, bench, podBody } from '../../standin-tests/helpers.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { policy } from '../../support/webhook.ts';

const HERE = { nodeName: 'here' };

const SILENT = { restarted: () => {}, unreadable: () => {}, problem: () => {}, recovered: () => {} };

async function following(t: TestContext) {
  const { api } = await bench();
  await addPriorityClass(api, 'gold', 50_000);
  for (const name of ['a', 'b']) await addPod(api, podBody({ name }, { requests: { cpu: '500m' } }, HERE));
  await addPod(api, podBody({ name: 'elsewhere' }, {}, { nodeName: 'there' }));
  const server = await serveApi(api);
  const clock = new FakeClock();
  const restarts: string[] = [];
  const pods = createNodePods({
    nodeName: 'here',
    policy: policy(),
    transport: createTransport(anonymousAccess(new URL(server.url))),
    clock,
    random: () => 0,
    observer: {
      ...SILENT,
      restarted: (_resource, reason) => restarts.push(reason),
      unreadable: (name) => assert.fail(`unreadable ${name}`),
    },
  });
  let changes = 0;
  pods.subscribe(() => {
    changes += 1;
  });
  let isOpen = true;
  const cut = async (): Promise<void> => {
    if (isOpen) await server.close();
    isOpen = false;
  };
  t.after(async () => {
    await pods.stop();
    await cut();
  });
  const names = (): string[] => [...pods.pods.values()].map(({ name }) => name).sort();
  pods.start();
  await until(() => pods.synced);
  return { api, pods, clock, restarts, names, cut, changes: () => changes };
}

test('the pods of this node, as they come, change and go', async (t) => {
  const { api, pods, names } = await following(t);
  assert.deepEqual(names(), ['a', 'b']);
  for (const [uid, pod] of pods.pods) assert.equal(pod.uid, uid);
  await addPod(api, podBody({ name: 'c' }, {}, HERE));
  await until(() => names().includes('c'));
  api.patch(PODS, { namespace: 'shop', name: 'b', patch: { status: { phase: 'Succeeded' } }, subresource: 'status' });
  await until(() => !names().includes('b'));
  assert.deepEqual(names(), ['a', 'c']);
});

test('what was given out does not change; a change that layers do not see tells nobody', async (t) => {
  const { api, pods, names, changes } = await following(t);
  const before = pods.pods;
  assert.equal(pods.pods, before);
  const told = changes();
  api.patch(PODS, { namespace: 'shop', name: 'a', patch: { metadata: { annotations: { note: 'x' } } } });
  await addPod(api, podBody({ name: 'c' }, {}, HERE));
  await until(() => names().includes('c'));
  assert.equal(changes(), told + 1);
  assert.equal(before.size, 2);
});

test('a pod made anew under the same name is another one', async (t) => {
  const { api, pods, names } = await following(t);
  const old = [...pods.pods.values()].find(({ name }) => name === 'a')?.uid ?? '';
  api.remove(PODS, { namespace: 'shop', name: 'a', gracePeriodSeconds: 0 });
  await addPod(api, podBody({ name: 'a' }, {}, HERE));
  await until(() => !pods.pods.has(old) && names().length === 2);
  assert.deepEqual(names(), ['a', 'b']);
});

test('overrides change the tier at once and end when they are taken back', async (t) => {
  const { pods, changes } = await following(t);
  const [uid = ''] = pods.pods.keys();
  const told = changes();
  pods.override(new Map([[uid, 'critical']]));
  assert.equal(pods.pods.get(uid)?.tier, 'critical');
  assert.match(pods.pods.get(uid)?.tierReason ?? '', /override/);
  pods.override(new Map([[uid, 'critical']]));
  assert.equal(changes(), told + 1);
  pods.override(new Map());
  assert.equal(pods.pods.get(uid)?.tier, 'normal');
});

test('an empty list is news too: with it is known that no pod is here', async (t) => {
  const { api } = await bench();
  const server = await serveApi(api);
  const transport = createTransport(anonymousAccess(new URL(server.url)));
  const clock = new FakeClock();
  const pods = createNodePods({ ...HERE, policy: policy(), transport, clock, random: () => 0, observer: SILENT });
  const told = new Promise<boolean>((resolve) => pods.subscribe(() => resolve(pods.synced)));
  t.after(async () => {
    await pods.stop();
    await server.close();
  });
  pods.start();
  assert.equal(await told, true);
  assert.equal(pods.pods.size, 0);
});

test('another policy re-tiers the pods that are known, and they are followed as before', async (t) => {
  const { api, pods, names } = await following(t);
  const tierOf = (wanted: string) => [...pods.pods.values()].find(({ name }) => name === wanted)?.tier;
  await addPod(api, podBody({ name: 'g' }, {}, { ...HERE, priorityClassName: 'gold' }));
  await until(() => tierOf('g') === 'normal');
  const { tierPolicy } = policy();
  const thresholds = { ...tierPolicy.thresholds, high: 50_000 };
  pods.configure({ ...policy(), tierPolicy: { ...tierPolicy, thresholds } });
  assert.deepEqual([pods.isBehind, tierOf('g'), pods.synced], [true, 'normal', true]);
  await until(() => !pods.isBehind);
  assert.deepEqual([names(), tierOf('g'), tierOf('a')], [['a', 'b', 'g'], 'high', 'normal']);
  await addPod(api, podBody({ name: 'h' }, {}, { ...HERE, priorityClassName: 'gold' }));
  await until(() => tierOf('h') === 'high');
});

test('another policy waits for the API server: until then the tiers that were stay in force', async (t) => {
  const { pods, names, restarts, cut, changes } = await following(t);
  await cut();
  await until(() => restarts.length > 0);
  const told = changes();
  pods.configure({ ...policy(), tierPolicy: { ...policy().tierPolicy, mode: 'named' } });
  await until(() => restarts.length > 1);
  assert.deepEqual([names(), pods.isBehind, pods.synced, changes()], [['a', 'b'], true, true, told]);
});

test('when the API server goes the last known pods stay, with their age', async (t) => {
  const { pods, clock, restarts, names, cut } = await following(t);
  const contact = pods.lastContactAt;
  await cut();
  await until(() => restarts.length > 0);
  clock.advance(400);
  assert.deepEqual(names(), ['a', 'b']);
  assert.equal(pods.synced, true);
  assert.equal(pods.lastContactAt, contact);
});

test('a name that could change the field selector is refused', () => {
  const transport = { get: () => Promise.reject(new Error('not here')), close: () => {} };
  for (const nodeName of ['', 'a,status.phase=x', 'a=b', 'A', 'a'.repeat(254)]) {
    const options = {
      nodeName,
      policy: policy(),
      transport,
      clock: new FakeClock(),
      random: () => 0,
      observer: SILENT,
    };
    assert.throws(() => createNodePods(options), /TMP3056/);
  }
});
