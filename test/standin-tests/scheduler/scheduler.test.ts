import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ObjectMeta, PodObject } from '../../standin/api/objects.ts';
import { NODES, PODS } from '../../standin/api/resources.ts';
import { createQueue } from '../../standin/scheduler/queue.ts';
import { type Attempt, createScheduler, type Scheduler } from '../../standin/scheduler.ts';
import { seeded } from '../../standin/seeded.ts';
import { addNode, addPod, addPriorityClass, type Bench, bench, podBody } from '../helpers.ts';

async function scheduled(): Promise<Bench & { scheduler: Scheduler; attempts: Attempt[] }> {
  const base = await bench();
  const attempts: Attempt[] = [];
  const { api, clock } = base;
  const scheduler = createScheduler({ api, clock, random: seeded(1), onAttempt: (attempt) => attempts.push(attempt) });
  return { ...base, scheduler, attempts };
}

const cpu = (text: string) => ({ requests: { cpu: text } });

function ownedBy(uid: string, kind = 'ReplicaSet'): ObjectMeta {
  const owner = { apiVersion: 'apps/v1', kind, name: 'web', uid, controller: true };
  return { generateName: 'web-', ownerReferences: [owner] };
}

test('the queue: by priority, then in the order of arrival', () => {
  const queue = createQueue();
  for (const [key, priority] of [
    ['a', 0],
    ['b', 10],
    ['c', 0],
    ['d', 10],
    ['e', -5],
  ] as const)
    queue.add(key, priority);
  queue.add('a', 0);
  queue.delete('c');
  queue.add('e', 20);
  assert.equal(queue.size, 4);
  const popped = Array.from({ length: 5 }, () => queue.pop());
  assert.deepEqual(popped, ['e', 'b', 'd', 'a', undefined]);
});

test('the most important pod is placed first', async () => {
  const { api, scheduler, attempts } = await scheduled();
  await addPriorityClass(api, 'high', 10);
  await addNode(api, 'node', { cpu: '1' });
  await addPod(api, podBody({ name: 'first' }, cpu('1')));
  await addPod(api, podBody({ name: 'urgent' }, cpu('1'), { priorityClassName: 'high' }));
  assert.deepEqual(await scheduler.run(), { bound: 1, pending: 1 });
  assert.deepEqual(
    attempts.map(({ pod, result }) => [pod, result.node]),
    [
      ['shop/urgent', 'node'],
      ['shop/first', null],
    ],
  );
});

test('a bound pod has its node and the condition, and takes its share', async () => {
  const { api, scheduler } = await scheduled();
  await addNode(api, 'node', { cpu: '1' });
  await addPod(api, podBody({ name: 'a' }, cpu('600m')));
  await addPod(api, podBody({ name: 'b' }, cpu('600m')));
  assert.deepEqual(await scheduler.run(), { bound: 1, pending: 1 });
  const { spec, status } = api.get(PODS, 'a', 'shop') as PodObject;
  assert.equal(spec.nodeName, 'node');
  assert.deepEqual(status?.conditions, [
    { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: '2026-11-21T10:00:00Z' },
  ]);
});

test('a pod without a node says why, and is tried again when asked', async () => {
  const { api, scheduler, clock } = await scheduled();
  await addNode(api, 'small', { cpu: '1' });
  await addNode(api, 'cordoned');
  api.patch(NODES, { name: 'cordoned', patch: { spec: { unschedulable: true } } });
  await addNode(api, 'crowded', { pods: '0' });
  await addPod(api, podBody({ name: 'a' }, cpu('2')));
  await scheduler.run();
  const message = '0/3 nodes are available: 1 Insufficient cpu, 1 Too many pods, 1 node(s) were unschedulable.';
  const { status } = api.get(PODS, 'a', 'shop') as PodObject;
  assert.deepEqual(status?.conditions, [
    {
      type: 'PodScheduled',
      status: 'False',
      lastProbeTime: null,
      lastTransitionTime: '2026-11-21T10:00:00Z',
      reason: 'Unschedulable',
      message,
    },
  ]);
  assert.deepEqual([...scheduler.unschedulable], [['shop/a', message]]);

  const { version } = api.store;
  scheduler.retry();
  clock.advance(5_000);
  assert.deepEqual(await scheduler.run(), { bound: 0, pending: 1 });
  assert.equal(api.store.version, version, 'the same answer again is no write');

  api.patch(NODES, { name: 'cordoned', patch: { spec: { unschedulable: null } } });
  assert.deepEqual(await scheduler.run(), { bound: 0, pending: 0 }, 'not by itself');
  scheduler.retry();
  assert.equal(scheduler.waiting, 1);
  assert.deepEqual(await scheduler.run(), { bound: 1, pending: 0 });
  assert.equal(scheduler.unschedulable.size, 0);
});

test('without nodes', async () => {
  const { api, scheduler } = await scheduled();
  await addPod(api, podBody({ name: 'a' }));
  await scheduler.run();
  assert.deepEqual([...scheduler.unschedulable.values()], ['no nodes available to schedule pods']);
});

test('init containers, sidecars and overhead count; pods that ended do not', async () => {
  const { api, scheduler } = await scheduled();
  await addNode(api, 'node', { cpu: '3' });
  const initContainers = [
    { name: 'side', image: 'x:1', restartPolicy: 'Always', resources: cpu('500m') },
    { name: 'init', image: 'x:1', resources: cpu('2') },
  ];
  await addPod(api, podBody({ name: 'heavy' }, cpu('100m'), { initContainers, overhead: { cpu: '500m' } }));
  assert.deepEqual(await scheduler.run(), { bound: 1, pending: 0 }, '0.5 + 2 + 0.5 fit exactly');
  await addPod(api, podBody({ name: 'next' }, cpu('1m')));
  assert.deepEqual(await scheduler.run(), { bound: 0, pending: 1 });
  api.patch(PODS, {
    namespace: 'shop',
    name: 'heavy',
    patch: { status: { phase: 'Succeeded' } },
    subresource: 'status',
  });
  scheduler.retry();
  assert.deepEqual(await scheduler.run(), { bound: 1, pending: 0 });
});

test('memory counts as CPU does', async () => {
  const { api, scheduler } = await scheduled();
  await addNode(api, 'node', { memory: '1Gi' });
  for (const name of ['a', 'b']) await addPod(api, podBody({ name }, { requests: { memory: '600Mi' } }));
  await scheduler.run();
  assert.match([...scheduler.unschedulable.values()][0] ?? '', /1 Insufficient memory/);
});

test('a pod that asks for nothing fits on a full node', async () => {
  const { api, scheduler } = await scheduled();
  await addNode(api, 'node', { cpu: '1' });
  await addPod(api, podBody({ name: 'a' }, cpu('1')));
  await addPod(api, podBody({ name: 'b' }, {}));
  assert.deepEqual(await scheduler.run(), { bound: 2, pending: 0 });
});

test('the emptier node wins; ties are broken by the seed and not by the order', async () => {
  const { api, scheduler, attempts } = await scheduled();
  for (const name of ['a', 'b']) await addNode(api, name);
  await addPod(api, podBody({ name: 'on-a' }, cpu('4')));
  api.bind('shop', 'on-a', { target: { name: 'a' } });
  await addPod(api, podBody({ name: 'x' }, cpu('1')));
  await scheduler.run();
  assert.equal(attempts[0]?.result.node, 'b');
  const { api: other, scheduler: second, attempts: many } = await scheduled();
  for (const name of ['a', 'b', 'c', 'd']) await addNode(other, name, { cpu: '100', memory: '100Gi' });
  for (let pod = 0; pod < 40; pod += 1) await addPod(other, podBody({ name: `p${pod}` }, {}));
  await second.run();
  const chosen = new Set(many.slice(0, 4).map(({ result }) => result.node));
  assert.ok(chosen.size > 1, 'one node after another would be a, a, a, a');
});

test('the pods of a workload are spread', async () => {
  const { api, scheduler } = await scheduled();
  for (const name of ['a', 'b', 'c']) {
    const labels = { 'kubernetes.io/hostname': name };
    await api.create(NODES, {
      body: { metadata: { name, labels }, status: { capacity: { cpu: '64', memory: '256Gi', pods: '110' } } },
    });
  }
  for (let pod = 0; pod < 9; pod += 1) await addPod(api, podBody(ownedBy('uid-1'), cpu('1')));
  await scheduler.run();
  const perNode = new Map<string, number>();
  for (const object of api.list(PODS).items) {
    const { nodeName = '' } = (object as PodObject).spec;
    perNode.set(nodeName, (perNode.get(nodeName) ?? 0) + 1);
  }
  assert.deepEqual([...perNode.values()], [3, 3, 3]);
});

test('a DaemonSet’s pod goes to its node, cordoned or not; selectors are kept', async () => {
  const { api, scheduler, attempts } = await scheduled();
  for (const name of ['a', 'b']) await addNode(api, name);
  api.patch(NODES, { name: 'b', patch: { spec: { unschedulable: true }, metadata: { labels: { disk: 'ssd' } } } });
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: ['b'] }];
  const required = { nodeSelectorTerms: [{ matchFields }] };
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
  const tolerations = [{ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' }];
  await addPod(api, podBody({ name: 'daemon' }, {}, { affinity, tolerations }));
  await addPod(api, podBody({ name: 'picky' }, {}, { nodeSelector: { disk: 'hdd' } }));
  await scheduler.run();
  assert.equal(attempts[0]?.result.node, 'b');
  assert.equal(
    scheduler.unschedulable.get('shop/picky'),
    "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) were unschedulable.",
  );
});

test('only pods that name this scheduler, and only while they want a node', async () => {
  const { api, scheduler } = await scheduled();
  await addNode(api, 'node');
  await addPod(api, podBody({ name: 'other' }, {}, { schedulerName: 'temper-scheduler' }));
  await addPod(api, podBody({ name: 'gone' }));
  api.remove(PODS, { namespace: 'shop', name: 'gone' });
  await addPod(api, podBody({ name: 'placed' }, {}, { nodeName: 'node' }));
  assert.equal(scheduler.waiting, 0);
  assert.deepEqual(await scheduler.run(), { bound: 0, pending: 0 });
});

test('a scheduler that starts late finds the pods and the load that are there', async () => {
  const { api, clock } = await bench();
  await addNode(api, 'node', { cpu: '1' });
  await addPod(api, podBody({ name: 'a' }, cpu('600m'), { nodeName: 'node' }));
  await addPod(api, podBody({ name: 'b' }, cpu('600m')));
  const scheduler = createScheduler({ api, clock, random: seeded(1) });
  assert.deepEqual(await scheduler.run(), { bound: 0, pending: 1 });
});

test('a node that goes takes no more pods, and its pods stay counted if it comes back', async () => {
  const { api, scheduler } = await scheduled();
  await addNode(api, 'node', { cpu: '1' });
  await addPod(api, podBody({ name: 'a' }, cpu('1')));
  await scheduler.run();
  api.remove(NODES, { name: 'node' });
  await addPod(api, podBody({ name: 'b' }, cpu('1')));
  await scheduler.run();
  assert.match(scheduler.unschedulable.get('shop/b') ?? '', /no nodes available/);
  await addNode(api, 'node', { cpu: '1' });
  scheduler.retry();
  await scheduler.run();
  assert.match(scheduler.unschedulable.get('shop/b') ?? '', /Insufficient cpu/);
});

test('two calls of run are one', async () => {
  const { api, scheduler, attempts } = await scheduled();
  await addNode(api, 'node');
  await addPod(api, podBody({ name: 'a' }));
  const [first, second] = await Promise.all([scheduler.run(), scheduler.run()]);
  assert.deepEqual([first, second, attempts.length], [{ bound: 1, pending: 0 }, { bound: 1, pending: 0 }, 1]);
});

test('after close nothing is followed any more', async () => {
  const { api, scheduler } = await scheduled();
  scheduler.close();
  await addPod(api, podBody({ name: 'a' }));
  assert.equal(scheduler.waiting, 0);
});
