import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listRequest, type Resource, watchRequest } from '../../src/kube/resource.ts';

const nodes: Resource<unknown> = { name: 'nodes', path: '/api/v1/nodes', read: (object) => object };

test('a list', () => {
  assert.deepEqual(listRequest(nodes, {}), { path: '/api/v1/nodes', accept: 'application/json' });
  assert.equal(listRequest(nodes, { limit: 500 }).path, '/api/v1/nodes?limit=500');
  assert.equal(
    listRequest(nodes, { limit: 500, continue: 'a&b=c+d/' }).path,
    '/api/v1/nodes?limit=500&continue=a%26b%3Dc%2Bd%2F',
  );
});

test('a watch', () => {
  assert.equal(
    watchRequest(nodes, '7', 290).path,
    '/api/v1/nodes?watch=true&allowWatchBookmarks=true&timeoutSeconds=290&resourceVersion=7',
  );
});

test('a field selector goes with both', () => {
  const running = { ...nodes, fieldSelector: 'status.phase!=Succeeded,spec.nodeName=a b' };
  const selector = 'fieldSelector=status.phase%21%3DSucceeded%2Cspec.nodeName%3Da+b';
  assert.equal(listRequest(running, { limit: 5 }).path, `/api/v1/nodes?limit=5&${selector}`);
  assert.ok(watchRequest(running, '7', 290).path.endsWith(`&${selector}`));
});

test('metadata only, with whole objects as the second choice', () => {
  const partial = { ...nodes, metadataOnly: true };
  assert.equal(
    listRequest(partial, {}).accept,
    'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, application/json',
  );
  assert.equal(
    watchRequest(partial, '7', 290).accept,
    'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json',
  );
});
