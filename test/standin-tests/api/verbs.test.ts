import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject, PodObject } from '../../standin/api/objects.ts';
import { AUTOSCALERS, LIMIT_RANGES, NAMESPACES, NODES, PODS, PRIORITY_CLASSES } from '../../standin/api/resources.ts';
import type { Status } from '../../standin/api/status.ts';
import { startKubelets } from '../../standin/kubelets.ts';
import { addNamespace, addNode, addPod, bench, podBody, refusal } from '../helpers.ts';

test('created: uid, time, version and namespace are the server’s', async () => {
  const { api } = await bench();
  const body = podBody({ name: 'a', uid: 'mine', creationTimestamp: '2000-01-01T00:00:00Z' });
  const { metadata, kind, apiVersion } = await addPod(api, body);
  assert.deepEqual([kind, apiVersion, metadata.namespace, metadata.generation], ['Pod', 'v1', 'shop', 1]);
  assert.notEqual(metadata.uid, 'mine');
  assert.equal(metadata.creationTimestamp, '2026-11-21T10:00:00Z');
  assert.equal(metadata.resourceVersion, String(api.store.version));
});

test('created: a version or another namespace in the body is refused', async () => {
  const { api } = await bench();
  assert.equal((await refusal(() => addPod(api, podBody({ name: 'a', resourceVersion: '1' })))).code, 400);
  assert.equal((await refusal(() => addPod(api, podBody({ name: 'a', namespace: 'other' })))).code, 400);
});

test('the body of a request is not kept: changing it later changes nothing', async () => {
  const { api } = await bench();
  const body = podBody({ name: 'a', labels: { x: 'y' } });
  await addPod(api, body);
  body.metadata.labels = { x: 'z' };
  assert.deepEqual(api.get(PODS, 'a', 'shop').metadata.labels, { x: 'y' });
});

test('the QoS class is that of the pod that is stored', async () => {
  const { api } = await bench();
  const resources = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } };
  const classes = [];
  for (const [name, own] of [
    ['a', {}],
    ['b', { requests: { cpu: '1' } }],
    ['c', resources],
  ] as const) {
    classes.push((await addPod(api, podBody({ name }, own))).status?.qosClass);
  }
  assert.deepEqual(classes, ['BestEffort', 'Burstable', 'Guaranteed']);
});

test('a namespace has its name as a label, an autoscaler a status', async () => {
  const { api } = await bench();
  const { metadata } = api.get(NAMESPACES, 'shop');
  assert.equal(metadata.labels?.['kubernetes.io/metadata.name'], 'shop');
  const spec = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 3 };
  const { object } = await api.create(AUTOSCALERS, { namespace: 'shop', body: { metadata: { name: 'web' }, spec } });
  assert.equal(object.apiVersion, 'autoscaling/v2');
  assert.deepEqual(object['status'], { desiredReplicas: 0 });
});

test('an object of a kind that is no pod needs a name and a namespace that exists', async () => {
  const { api } = await bench();
  assert.equal((await refusal(() => api.create(NODES, { body: { metadata: {} } }))).code, 422);
  const body = { metadata: { name: 'lr' }, spec: { limits: [] } };
  assert.equal((await refusal(() => api.create(LIMIT_RANGES, { namespace: 'gone', body }))).code, 404);
  assert.equal((await refusal(() => api.create(PRIORITY_CLASSES, { body: { metadata: { name: 'x' } } }))).code, 400);
});

test('patch: labels and annotations of a pod change, its spec does not', async () => {
  const { api } = await bench();
  await addPod(api, podBody({ name: 'a', labels: { x: 'y' } }));
  const patch = (body: unknown) => api.patch(PODS, { namespace: 'shop', name: 'a', patch: body });
  const changed = patch({ metadata: { labels: { x: null, z: '1' }, annotations: { n: 'm' } } });
  assert.deepEqual([changed.metadata.labels, changed.metadata.annotations], [{ z: '1' }, { n: 'm' }]);
  const status = await refusal(() => patch({ spec: { nodeName: 'node' } }));
  assert.deepEqual([status.code, status.reason], [422, 'Invalid']);
});

test('patch: the status of pods and nodes is a resource of its own', async () => {
  const { api } = await bench();
  await addPod(api, podBody({ name: 'a' }));
  await addNode(api, 'node');
  const { version } = api.store;
  api.patch(PODS, { namespace: 'shop', name: 'a', patch: { status: { phase: 'Failed' } } });
  api.patch(NODES, { name: 'node', patch: { status: { capacity: { cpu: '99' } } } });
  assert.equal(api.store.version, version);
  const patch = { status: { phase: 'Failed' }, spec: { priority: 9 } };
  const pod = api.patch(PODS, { namespace: 'shop', name: 'a', patch, subresource: 'status' }) as PodObject;
  assert.deepEqual([pod.status?.phase, pod.spec.priority], ['Failed', 0]);
});

test('patch: what is the server’s stays', async () => {
  const { api } = await bench();
  await addNode(api, 'node');
  const before = api.get(NODES, 'node').metadata;
  const { metadata } = api.patch(NODES, {
    name: 'node',
    patch: { metadata: { creationTimestamp: null, generation: 7, labels: { a: 'b' } } },
  });
  assert.deepEqual(metadata, { ...before, labels: { a: 'b' }, resourceVersion: String(api.store.version) });
});

test('patch: version and uid are preconditions', async () => {
  const { api } = await bench();
  await addNode(api, 'node');
  const { uid = '', resourceVersion = '' } = api.get(NODES, 'node').metadata;
  const patch = (metadata: object) => api.patch(NODES, { name: 'node', patch: { metadata } });
  patch({ uid, resourceVersion, labels: { a: '1' } });
  const stale = await refusal(() => patch({ resourceVersion, labels: { a: '2' } }));
  assert.deepEqual([stale.code, stale.reason], [409, 'Conflict']);
  assert.match(stale.message ?? '', /the object has been modified/);
  assert.match((await refusal(() => patch({ uid: 'other' }))).message ?? '', /Precondition failed/);
});

test('patch: no other name, no wrong types, no missing object', async () => {
  const { api } = await bench();
  await addNode(api, 'node');
  const patch = (body: unknown, name = 'node') => refusal(() => api.patch(NODES, { name, patch: body }));
  assert.equal((await patch({ metadata: { name: 'other' } })).code, 400);
  assert.equal((await patch({ metadata: { labels: { a: 1 } } })).code, 400);
  assert.equal((await patch([])).code, 400);
  assert.equal((await patch({ metadata: { annotations: { a: 'x'.repeat(300_000) } } })).code, 422);
  assert.equal((await patch({}, 'gone')).code, 404);
});

test('binding: not twice, not while deleting, not another pod', async () => {
  const { api } = await bench();
  await addPod(api, podBody({ name: 'a' }));
  const bind = (binding: unknown) => refusal(() => api.bind('shop', 'a', binding));
  const target = { name: 'node' };
  assert.equal((await bind({})).code, 400);
  assert.equal((await bind({ target: {} })).code, 422);
  assert.equal((await bind({ target, metadata: { name: 'b' } })).code, 400);
  assert.equal((await bind({ target, metadata: { uid: 'other' } })).code, 409);
  assert.equal((await refusal(() => api.bind('shop', 'gone', { target }))).code, 404);
  assert.deepEqual(api.bind('shop', 'a', { target }).status, 'Success');
  assert.match((await bind({ target })).message ?? '', /already assigned to node "node"/);
  await addPod(api, podBody({ name: 'going' }, {}, { nodeName: 'node' }));
  api.remove(PODS, { namespace: 'shop', name: 'going' });
  assert.match((await refusal(() => api.bind('shop', 'going', { target }))).message ?? '', /is being deleted/);
});

test('delete: what has no grace is gone and named', async () => {
  const { api } = await bench();
  await addNode(api, 'node');
  const { uid } = api.get(NODES, 'node').metadata;
  const status = api.remove(NODES, { name: 'node' }) as Status;
  assert.deepEqual(status.details, { name: 'node', kind: 'nodes', uid });
  assert.equal((await refusal(() => api.remove(NODES, { name: 'node' }))).code, 404);
});

test('delete: a pod on a node stays until its kubelet ends it', async () => {
  const { api } = await bench();
  const deleted = (name: string, request: object = {}) =>
    (api.remove(PODS, { namespace: 'shop', name, ...request }) as KubeObject).metadata.deletionGracePeriodSeconds;
  await addPod(api, podBody({ name: 'a' }, {}, { nodeName: 'node' }));
  assert.equal(deleted('a'), 30);
  const { version } = api.store;
  assert.equal(deleted('a', { gracePeriodSeconds: 60 }), 30, 'it can only get less');
  assert.equal(api.store.version, version);
  assert.equal(deleted('a', { gracePeriodSeconds: 5 }), 5);
  assert.equal((await refusal(() => api.remove(PODS, { namespace: 'shop', name: 'a', uid: 'other' }))).code, 409);
  assert.equal(deleted('a', { gracePeriodSeconds: 0 }), 0);
  assert.equal((await refusal(() => api.get(PODS, 'a', 'shop'))).code, 404);
});

test('delete: a pod that has ended goes at once, and kubelets end the others', async () => {
  const { api } = await bench();
  const stop = startKubelets(api);
  await addPod(api, podBody({ name: 'a' }, {}, { nodeName: 'node' }));
  api.remove(PODS, { namespace: 'shop', name: 'a' });
  assert.deepEqual(api.list(PODS).items, []);
  stop();
  await addPod(api, podBody({ name: 'b' }, {}, { nodeName: 'node' }));
  api.patch(PODS, { namespace: 'shop', name: 'b', patch: { status: { phase: 'Failed' } }, subresource: 'status' });
  api.remove(PODS, { namespace: 'shop', name: 'b' });
  assert.deepEqual(api.list(PODS).items, []);
});

test('delete: a namespace takes everything in it along', async () => {
  const { api } = await bench();
  await addNamespace(api, 'other');
  await addPod(api, podBody({ name: 'a' }));
  await addPod(api, podBody({ name: 'b' }), 'other');
  api.remove(NAMESPACES, { name: 'shop' });
  assert.deepEqual(
    api.list(PODS).items.map(({ metadata }) => metadata.name),
    ['b'],
  );
  assert.equal((await refusal(() => api.get(NAMESPACES, 'shop'))).code, 404);
});
