import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../standin/api/objects.ts';
import { LIMIT_RANGES, NODES, PODS } from '../../standin/api/resources.ts';
import { fixture } from '../../support/fixtures.ts';
import { addNamespace, addNode, addPod, bench, podBody, type Reply, served, shapeOf } from '../helpers.ts';

interface ListDocument {
  kind: string;
  apiVersion: string;
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
  items: KubeObject[];
}

const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

function list(reply: Reply): ListDocument {
  assert.equal(reply.status, 200, reply.text);
  return reply.json as ListDocument;
}

function recorded(path: string): ListDocument {
  return JSON.parse(fixture(path)) as ListDocument;
}

/** The keys of a document that do not depend on what its objects are. */
function frame({ items, ...document }: ListDocument): unknown {
  return { document: shapeOf(document), itemKeys: [...new Set(items.flatMap((item) => Object.keys(item)))].sort() };
}

test('a page of pods has the frame of a recorded one', async (t) => {
  const { api } = await bench();
  for (const name of ['a', 'b', 'c']) await addPod(api, podBody({ name }));
  const get = await served(t, api);
  const page = list(await get('/api/v1/namespaces/shop/pods?limit=2'));
  assert.deepEqual(frame(page), frame(recorded('api/pods-page1.json')));
  assert.equal(page.metadata.remainingItemCount, 1);
});

test('a page of metadata has the frame of a recorded one', async (t) => {
  const { api } = await bench();
  for (const name of ['a', 'b', 'c']) await addNode(api, name);
  const get = await served(t, api);
  const page = list(await get('/api/v1/nodes?limit=2', { headers: { accept: METADATA_LIST } }));
  assert.deepEqual(frame(page), frame(recorded('api/nodes-metadata-page1.json')));
  assert.equal(page.items[0]?.kind, 'PartialObjectMetadata');
});

test('the recorded LimitRange comes back as recorded', async (t) => {
  const { api } = await bench();
  await addNamespace(api, 'ranged');
  const [real] = recorded('api/limitranges.json').items;
  assert.ok(real);
  const annotations = real.metadata.annotations ?? {};
  const applied = JSON.parse(annotations['kubectl.kubernetes.io/last-applied-configuration'] ?? '') as KubeObject;
  await api.create(LIMIT_RANGES, { namespace: 'ranged', body: applied });
  const get = await served(t, api);
  const document = list(await get('/api/v1/limitranges'));
  assert.deepEqual(document.items[0]?.['spec'], real['spec']);
  assert.deepEqual(frame({ ...document, items: [] }), frame({ ...recorded('api/limitranges.json'), items: [] }));
});

test('a recorded node, a patch of it, and the reply have the recorded shapes', async (t) => {
  const { api } = await bench();
  const node = JSON.parse(fixture('api/node-kwok-0001.json')) as KubeObject;
  const { resourceVersion: _version, ...metadata } = node.metadata;
  await api.create(NODES, { body: { ...node, metadata } });
  const get = await served(t, api);
  const own = await get('/api/v1/nodes/kwok-0001');
  assert.deepEqual(new Set(shapeOf(own.json)), new Set(shapeOf(node)));
  const annotations = { 'temper.codes/agent-status': 'enforcing', 'temper.codes/safe-mode-requested': 'true' };
  const reply = await get('/api/v1/nodes/kwok-0001', {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { metadata: { annotations } },
  });
  const patched = JSON.parse(fixture('api/node-patch-reply.json')) as KubeObject;
  assert.deepEqual((reply.json as KubeObject).metadata.annotations, patched.metadata.annotations);
  // What the stand-in does not have: who manages which field.
  const unmanaged = shapeOf(patched).filter((path) => !path.startsWith('.metadata.managedFields'));
  const mine = shapeOf(reply.json).filter((path) => !path.startsWith('.metadata.managedFields'));
  assert.deepEqual(new Set(mine), new Set(unmanaged));
});

test('namespaces have the recorded shape', async (t) => {
  const { api } = await bench();
  const get = await served(t, api);
  const mine = list(await get('/api/v1/namespaces'));
  const real = recorded('api/namespaces.json');
  const [own] = mine.items;
  const [other] = real.items;
  const known = shapeOf(other).filter((path) => !/managedFields|kubernetes.io/.test(path));
  assert.ok(own);
  for (const path of known) assert.ok(shapeOf(own).includes(path), path);
});

test('following `continue` shows the state of the first page, whatever happens meanwhile', async (t) => {
  const { api } = await bench();
  const names = Array.from({ length: 7 }, (_, index) => `node-${index}`);
  for (const name of names) await addNode(api, name);
  const get = await served(t, api);
  const first = list(await get('/api/v1/nodes?limit=3'));
  api.remove(NODES, { name: 'node-4' });
  await addNode(api, 'node-3a');
  api.patch(NODES, { name: 'node-5', patch: { metadata: { labels: { changed: 'yes' } } } });
  const seen = [...first.items];
  for (let token = first.metadata.continue; token !== undefined; ) {
    const page: ListDocument = list(await get(`/api/v1/nodes?limit=3&continue=${token}`));
    assert.equal(page.metadata.resourceVersion, first.metadata.resourceVersion);
    seen.push(...page.items);
    token = page.metadata.continue;
  }
  assert.deepEqual(
    seen.map(({ metadata }) => metadata.name),
    names,
  );
  assert.ok(seen.every(({ metadata }) => metadata.labels === undefined));
});

test('a compacted `continue` is 410 with a token that goes on inconsistently', async (t) => {
  const { api } = await bench();
  for (const name of ['a', 'b', 'c']) await addNode(api, name);
  const get = await served(t, api);
  const first = list(await get('/api/v1/nodes?limit=1'));
  await addNode(api, 'd');
  api.store.compact();
  const gone = await get(`/api/v1/nodes?limit=1&continue=${first.metadata.continue}`);
  const status = gone.json as { code: number; reason: string; metadata: { continue: string } };
  assert.deepEqual([gone.status, status.code, status.reason], [410, 410, 'Expired']);
  const rest = list(await get(`/api/v1/nodes?continue=${status.metadata.continue}`));
  assert.deepEqual(
    rest.items.map(({ metadata }) => metadata.name),
    ['b', 'c', 'd'],
  );
});

test('a broken `continue` is the recorded 400', async (t) => {
  const { api } = await bench();
  const get = await served(t, api);
  const reply = await get('/api/v1/nodes?limit=1&continue=oops!');
  const bytes = fixture('api/bad-continue.http');
  assert.equal(reply.status, 400);
  assert.deepEqual(reply.json, JSON.parse(bytes.slice(bytes.indexOf('{'))));
  assert.equal(reply.headers['content-type'], 'application/json');
});

test('pods can be selected by phase and node', async (t) => {
  const { api } = await bench();
  for (const name of ['a', 'b', 'c']) await addPod(api, podBody({ name }));
  api.bind('shop', 'b', { target: { name: 'node' } });
  api.patch(PODS, { namespace: 'shop', name: 'c', patch: { status: { phase: 'Failed' } }, subresource: 'status' });
  const get = await served(t, api);
  const names = async (selector: string) =>
    list(await get(`/api/v1/pods?limit=5&fieldSelector=${encodeURIComponent(selector)}`)).items.map(
      ({ metadata }) => metadata.name,
    );
  assert.deepEqual(await names('status.phase!=Succeeded,status.phase!=Failed'), ['a', 'b']);
  assert.deepEqual(await names('spec.nodeName=node'), ['b']);
  const page = list(await get('/api/v1/pods?limit=1&fieldSelector=status.phase%21%3DFailed'));
  assert.equal(page.metadata.remainingItemCount, undefined);
});

test('a list knows its namespace', async (t) => {
  const { api } = await bench();
  await addNamespace(api, 'shop-2');
  await addPod(api, podBody({ name: 'a' }));
  await addPod(api, podBody({ name: 'b' }), 'shop-2');
  const get = await served(t, api);
  const names = async (path: string) => list(await get(path)).items.map(({ metadata }) => metadata.name);
  assert.deepEqual(await names('/api/v1/namespaces/shop/pods'), ['a']);
  assert.deepEqual(await names('/api/v1/pods'), ['b', 'a'], 'in the order of etcd: - comes before /');
});

test('the metadata of a list must be asked for as a list', async (t) => {
  const { api } = await bench();
  await addNode(api, 'a');
  const get = await served(t, api);
  const codes = async (path: string, accept: string) => (await get(path, { headers: { accept } })).status;
  assert.equal(await codes('/api/v1/nodes', METADATA), 406);
  assert.equal(await codes('/api/v1/nodes/a', METADATA_LIST), 406);
  assert.equal(await codes('/api/v1/nodes/a', METADATA), 200);
  assert.equal(await codes('/api/v1/nodes', 'application/vnd.kubernetes.protobuf'), 406);
  assert.equal(await codes('/api/v1/nodes', `application/vnd.kubernetes.protobuf, ${METADATA_LIST}, */*`), 200);
});

test('every request must bear the token, where there is one', async (t) => {
  const { api } = await bench();
  const get = await served(t, api, 'secret');
  const refused = await get('/api/v1/nodes');
  assert.equal(refused.status, 401);
  assert.equal((refused.json as { reason: string }).reason, 'Unauthorized');
  assert.equal((await get('/api/v1/nodes', { headers: { authorization: 'Bearer other' } })).status, 401);
  assert.equal((await get('/api/v1/nodes', { headers: { authorization: 'Bearer secret' } })).status, 200);
});

test('create, get, bind, delete over HTTP', async (t) => {
  const { api } = await bench();
  await addNode(api, 'node');
  const call = await served(t, api);
  const pods = '/api/v1/namespaces/shop/pods';
  const created = await call(pods, { method: 'POST', body: podBody({ generateName: 'web-' }) });
  assert.equal(created.status, 201);
  const { metadata, status } = created.json as KubeObject & { status: unknown };
  assert.match(metadata.name ?? '', /^web-.{5}$/);
  assert.deepEqual(status, { phase: 'Pending', qosClass: 'Burstable' });

  const path = `${pods}/${metadata.name}`;
  const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: metadata.name }, target: { name: 'node' } };
  const bound = await call(`${path}/binding`, { method: 'POST', body: binding });
  assert.deepEqual([bound.status, (bound.json as { status: string }).status], [201, 'Success']);
  const pod = (await call(path)).json as { spec: { nodeName: string }; status: { conditions: unknown[] } };
  assert.equal(pod.spec.nodeName, 'node');
  assert.deepEqual(pod.status.conditions, [
    { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: '2026-11-21T10:00:00Z' },
  ]);
  assert.equal((await call(`${path}/binding`, { method: 'POST', body: binding })).status, 409);

  assert.equal((await call(`${path}?gracePeriodSeconds=0`, { method: 'DELETE' })).status, 200);
  assert.equal((await call(path)).status, 404);
});

test('a dry run answers like the real thing and stores nothing', async (t) => {
  const { api } = await bench();
  const call = await served(t, api);
  const before = api.store.version;
  const reply = await call('/api/v1/namespaces/shop/pods?dryRun=All', { method: 'POST', body: podBody({ name: 'a' }) });
  assert.equal(reply.status, 201);
  assert.equal(api.store.version, before);
});

test('what is not understood is refused with a Status', async (t) => {
  const { api } = await bench();
  const call = await served(t, api);
  const json = { 'content-type': 'application/json' };
  const cases: Array<[code: number, path: string, call?: Parameters<typeof call>[1]]> = [
    [404, '/'],
    [404, '/api/v1/secrets'],
    [404, '/api/v1/pods/a'],
    [404, '/api/v1/namespaces/shop/nodes'],
    [404, '/api/v1/namespaces/shop/pods/a/log'],
    [404, '/apis/autoscaling/v1/horizontalpodautoscalers'],
    [400, '/api/v1/%ff'],
    [400, '/api/v1/nodes?limit=-1'],
    [400, '/api/v1/nodes?fieldSelector=x'],
    [400, '/api/v1/nodes?watch=1&resourceVersion=x'],
    [405, '/api/v1/nodes', { method: 'PUT' }],
    [405, '/api/v1/nodes', { method: 'PATCH' }],
    [405, '/api/v1/nodes', { method: 'DELETE' }],
    [405, '/api/v1/nodes/a', { method: 'POST', body: {} }],
    [400, '/api/v1/nodes', { method: 'POST', body: '{"metadata":' }],
    [400, '/api/v1/nodes', { method: 'POST', body: '['.repeat(100_000) + ']'.repeat(100_000) }],
    [415, '/api/v1/nodes', { method: 'POST', headers: { 'content-type': 'application/yaml' }, body: 'a: b' }],
    [415, '/api/v1/nodes/a', { method: 'PATCH', headers: json, body: {} }],
    [413, '/api/v1/nodes', { method: 'POST', body: ' '.repeat(4 * 1024 * 1024) }],
  ];
  for (const [code, path, options] of cases) {
    const reply = await call(path, options);
    assert.equal(reply.status, code, `${path} ${reply.text}`);
    const status = reply.json as { kind: string; code: number };
    assert.deepEqual([status.kind, status.code], ['Status', code]);
  }
});
