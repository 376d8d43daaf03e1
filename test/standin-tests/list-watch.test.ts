import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { anonymousAccess } from '../../src/kube/access.ts';
import { createListWatch } from '../../src/kube/list-watch.ts';
import type { Resource } from '../../src/kube/resource.ts';
import type { Watched } from '../../src/kube/store.ts';
import { createTransport } from '../../src/kube/transport.ts';
import type { KubeApi } from '../standin/api/api.ts';
import { serveApi } from '../standin/api/http.ts';
import type { KubeObject } from '../standin/api/objects.ts';
import { NODES, PODS } from '../standin/api/resources.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { addNode, addPod, bench, podBody } from './helpers.ts';

/** The product's own list-watch against the stand-in: each keeps the other honest. */

interface Following {
  readonly store: Watched<string>;
  readonly restarts: string[];
  /** Resolves with the next change of the store. */
  change(): Promise<unknown>;
}

function follow(t: TestContext, url: string, resource: Omit<Resource<string>, 'read'>): Following {
  const emitter = new EventEmitter();
  const restarts: string[] = [];
  const listWatch = createListWatch<string>({
    resource: { ...resource, read: (object) => (object as KubeObject).metadata.resourceVersion ?? null },
    transport: createTransport(anonymousAccess(new URL(url))),
    clock: new FakeClock(),
    random: () => 0,
    observer: {
      restarted: (_resource, reason) => restarts.push(reason),
      unreadable: (name) => assert.fail(`unreadable ${name}`),
      problem: (_resource, error) => assert.fail(error),
      recovered: () => {},
    },
    settings: { pageLimit: 2 },
  });
  listWatch.store.subscribe((change) => emitter.emit('change', change));
  t.after(() => listWatch.stop());
  listWatch.start();
  return { store: listWatch.store, restarts, change: () => once(emitter, 'change') };
}

function assertSame(store: Watched<string>, api: KubeApi, resource: string): void {
  const expected = new Map(
    [...api.store.all(resource)].map(({ metadata }) => [
      metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`,
      metadata.resourceVersion,
    ]),
  );
  const actual = new Map([...expected.keys()].map((key) => [key, store.get(String(key))]));
  assert.deepEqual(actual, expected);
  assert.equal(store.size, expected.size);
}

test('lists in pages and follows every change', async (t) => {
  const { api } = await bench();
  for (const name of ['a', 'b', 'c', 'd', 'e']) await addNode(api, name);
  const server = await serveApi(api);
  t.after(() => server.close());
  const nodes = follow(t, server.url, { name: 'nodes', path: '/api/v1/nodes', metadataOnly: true });
  while (!nodes.store.synced) await nodes.change();
  assertSame(nodes.store, api, NODES.plural);

  const added = nodes.change();
  await addNode(api, 'f');
  await added;
  const patched = nodes.change();
  api.patch(NODES, { name: 'a', patch: { metadata: { annotations: { x: 'y' } } } });
  await patched;
  const removed = nodes.change();
  api.remove(NODES, { name: 'b' });
  await removed;
  assertSame(nodes.store, api, NODES.plural);
  assert.deepEqual(nodes.restarts, []);
});

test('a pod that ends leaves a list-watch of running pods', async (t) => {
  const { api } = await bench();
  for (const name of ['a', 'b', 'c']) await addPod(api, podBody({ name }));
  const server = await serveApi(api);
  t.after(() => server.close());
  const fieldSelector = 'status.phase!=Succeeded,status.phase!=Failed';
  const pods = follow(t, server.url, { name: 'pods', path: '/api/v1/pods', fieldSelector });
  while (!pods.store.synced) await pods.change();
  const left = pods.change();
  api.patch(PODS, { namespace: 'shop', name: 'b', patch: { status: { phase: 'Succeeded' } }, subresource: 'status' });
  await left;
  assert.deepEqual([pods.store.size, pods.store.get('shop/b')], [2, undefined]);
  assert.deepEqual(pods.restarts, []);
});
