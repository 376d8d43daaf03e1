import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { type TestContext, test } from 'node:test';
import type { KubeApi } from '../../standin/api/api.ts';
import { serveApi } from '../../standin/api/http.ts';
import type { KubeObject } from '../../standin/api/objects.ts';
import { NODES, PODS } from '../../standin/api/resources.ts';
import type { Status } from '../../standin/api/status.ts';
import type { WatchEvent, WatchQuery } from '../../standin/api/watch.ts';
import { fixture } from '../../support/fixtures.ts';
import { addNode, addPod, bench, podBody, shapeOf } from '../helpers.ts';

interface Seen {
  readonly events: WatchEvent[];
  readonly ended: boolean;
  stop(): void;
}

function observe(api: KubeApi, type: typeof PODS, query: WatchQuery = {}): Seen {
  const seen = { events: [] as WatchEvent[], ended: false, stop: () => {} };
  const end = (): void => {
    seen.ended = true;
  };
  seen.stop = api.watch(
    type,
    { resourceVersion: String(api.store.version), ...query },
    { event: (event) => seen.events.push(event), end },
  );
  return seen;
}

const brief = ({ type, object }: WatchEvent): string =>
  type === 'ERROR' ? `ERROR ${object.code}` : `${type} ${object.metadata.name ?? ''}`;

const briefs = (seen: Seen): string[] => seen.events.map(brief);

test('a watch goes on from a version in the past', async () => {
  const { api } = await bench();
  const version = String(api.store.version);
  await addNode(api, 'a');
  api.patch(NODES, { name: 'a', patch: { metadata: { labels: { x: 'y' } } } });
  const seen = observe(api, NODES, { resourceVersion: version });
  await addPod(api, podBody({ name: 'other-resource' }));
  api.remove(NODES, { name: 'a' });
  assert.deepEqual(briefs(seen), ['ADDED a', 'MODIFIED a', 'DELETED a']);
  const versions = seen.events.map(({ object }) => Number((object as KubeObject).metadata.resourceVersion));
  assert.deepEqual(
    versions,
    [...versions].sort((a, b) => a - b),
  );
  assert.equal(versions.at(-1), api.store.version);
});

test('without a version a watch begins with the state', async () => {
  const { api } = await bench();
  await addNode(api, 'b');
  await addNode(api, 'a');
  assert.deepEqual(briefs(observe(api, NODES, { resourceVersion: '0' })), ['ADDED a', 'ADDED b']);
});

test('a write that changes nothing is no event', async () => {
  const { api } = await bench();
  await addNode(api, 'a');
  const seen = observe(api, NODES);
  const patch = (labels: object) => api.patch(NODES, { name: 'a', patch: { metadata: { labels } } });
  patch({});
  patch({ x: null });
  assert.deepEqual(seen.events, []);
  patch({ x: 'y' });
  patch({ x: 'y' });
  assert.deepEqual(briefs(seen), ['MODIFIED a']);
});

test('a pod that leaves the selection is deleted for its watcher, one that enters is added', async () => {
  const { api } = await bench();
  const seen = observe(api, PODS, { fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed' });
  const onNode = observe(api, PODS, { fieldSelector: 'spec.nodeName=node' });
  await addPod(api, podBody({ name: 'a' }));
  api.bind('shop', 'a', { target: { name: 'node' } });
  api.patch(PODS, { namespace: 'shop', name: 'a', patch: { status: { phase: 'Failed' } }, subresource: 'status' });
  api.remove(PODS, { namespace: 'shop', name: 'a' });
  assert.deepEqual(briefs(seen), ['ADDED a', 'MODIFIED a', 'DELETED a']);
  assert.deepEqual(briefs(onNode), ['ADDED a', 'MODIFIED a', 'MODIFIED a', 'DELETED a']);
  const left = seen.events.at(-1)?.object as KubeObject & { status: { phase: string } };
  assert.equal(left.status.phase, 'Pending', 'the last state that was in the selection');
});

test('a deletion of a pod on a node: marked, marked again by its kubelet, gone, as recorded', async () => {
  const { api, clock } = await bench();
  await addPod(api, podBody({ name: 'tiny' }, {}, { terminationGracePeriodSeconds: 1 }));
  api.bind('shop', 'tiny', { target: { name: 'node' } });
  const seen = observe(api, PODS);
  api.remove(PODS, { namespace: 'shop', name: 'tiny' });
  clock.advance(500);
  api.remove(PODS, { namespace: 'shop', name: 'tiny', gracePeriodSeconds: 0 });
  const real = fixture('api/pods-watch.jsonl')
    .split('\n')
    .slice(0, 3)
    .map((line) => JSON.parse(line) as { type: string; object: KubeObject });
  const marks = ({ type, object }: { type: string; object: KubeObject }) => {
    const { generation, deletionGracePeriodSeconds, deletionTimestamp } = object.metadata;
    return [type, generation, deletionGracePeriodSeconds, deletionTimestamp !== undefined];
  };
  assert.deepEqual((seen.events as typeof real).map(marks), real.map(marks));
});

test('a pod that is on no node goes at once', async () => {
  const { api } = await bench();
  await addPod(api, podBody({ name: 'a' }));
  const seen = observe(api, PODS);
  api.remove(PODS, { namespace: 'shop', name: 'a' });
  assert.deepEqual(briefs(seen), ['MODIFIED a', 'DELETED a']);
});

test('bookmarks come every minute and carry the latest version', async () => {
  const { api, clock } = await bench();
  const seen = observe(api, PODS, { allowBookmarks: true });
  const quiet = observe(api, PODS);
  await addNode(api, 'unwatched');
  clock.advance(60_000);
  clock.advance(60_000);
  assert.deepEqual(briefs(seen), ['BOOKMARK ', 'BOOKMARK ']);
  assert.deepEqual(quiet.events, []);
  const recorded = JSON.parse(fixture('api/pods-watch.jsonl').split('\n')[3] ?? '') as WatchEvent;
  assert.equal(recorded.type, 'BOOKMARK');
  assert.deepEqual(shapeOf(seen.events[0]), shapeOf(recorded));
  assert.deepEqual(seen.events[0]?.object.metadata, { resourceVersion: String(api.store.version) });
  seen.stop();
  quiet.stop();
  assert.deepEqual(clock.pending, []);
});

test('a watch ends after its time with a last bookmark', async () => {
  const { api, clock } = await bench();
  const seen = observe(api, PODS, { allowBookmarks: true, timeoutMs: 30_000 });
  clock.advance(30_000);
  assert.deepEqual([briefs(seen), seen.ended, clock.pending], [['BOOKMARK '], true, []]);
  await addPod(api, podBody({ name: 'too-late' }));
  assert.equal(seen.events.length, 1);
});

test('a compacted version and one yet to come are ERROR events', async () => {
  const { api } = await bench();
  const version = String(api.store.version);
  await addNode(api, 'a');
  api.store.compact();
  const seen = observe(api, NODES, { resourceVersion: version });
  assert.deepEqual([briefs(seen), seen.ended], [['ERROR 410'], true]);
  const status = seen.events[0]?.object as Status;
  assert.deepEqual(
    [status.reason, status.message],
    ['Expired', `too old resource version: ${version} (${api.store.version})`],
  );
  assert.deepEqual(briefs(observe(api, NODES, { resourceVersion: '99999' })), ['ERROR 504']);
  assert.deepEqual(briefs(observe(api, NODES, { resourceVersion: String(api.store.version) })), []);
});

async function open(t: TestContext, api: KubeApi, path: string, accept = 'application/json'): Promise<IncomingMessage> {
  const server = await serveApi(api);
  t.after(() => server.close());
  const sent = request(server.url + path, { headers: { accept } });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  return response;
}

async function lines(response: IncomingMessage, count: number): Promise<WatchEvent[]> {
  let text = '';
  for await (const chunk of response.iterator({ destroyOnReturn: false })) {
    text += chunk;
    if (text.split('\n').length > count) break;
  }
  return text.split('\n', count).map((line) => JSON.parse(line) as WatchEvent);
}

test('over HTTP: the headers at once, an event a line, and an end', async (t) => {
  const { api, clock } = await bench();
  const path = `/api/v1/nodes?watch=1&timeoutSeconds=10&resourceVersion=${api.store.version}`;
  const response = await open(t, api, path);
  assert.equal(response.statusCode, 200);
  await addNode(api, 'a');
  assert.deepEqual((await lines(response, 1)).map(brief), ['ADDED a']);
  clock.advance(10_000);
  await once(response.resume(), 'end');
});

test('over HTTP: metadata alone has the recorded shape', async (t) => {
  const { api, clock } = await bench();
  await addNode(api, 'a');
  const path = `/api/v1/nodes?watch=1&allowWatchBookmarks=true&resourceVersion=${api.store.version}`;
  const response = await open(t, api, path, 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1');
  api.patch(NODES, { name: 'a', patch: { metadata: { annotations: { x: 'y' }, labels: { x: 'y' } } } });
  clock.advance(60_000);
  const [change, bookmark] = await lines(response, 2);
  const [realChange, realBookmark] = fixture('api/nodes-metadata-watch.jsonl')
    .split('\n')
    .slice(0, 2)
    .map((line) => JSON.parse(line) as WatchEvent);
  assert.deepEqual(shapeOf(bookmark), shapeOf(realBookmark));
  const top = (event: WatchEvent | undefined) => Object.keys((event?.object ?? {}) as object).sort();
  assert.deepEqual([change?.type, top(change)], [realChange?.type, top(realChange)]);
});

test('over HTTP: a version that is gone is 200 with an ERROR event', async (t) => {
  const { api } = await bench();
  await addNode(api, 'a');
  api.store.compact();
  const response = await open(t, api, '/api/v1/nodes?watch=1&resourceVersion=1');
  assert.equal(response.statusCode, 200);
  assert.deepEqual((await lines(response, 1)).map(brief), ['ERROR 410']);
});

test('over HTTP: a watcher that goes away is forgotten', async (t) => {
  const { api, clock } = await bench();
  const response = await open(t, api, '/api/v1/nodes?watch=1&allowWatchBookmarks=1');
  assert.equal(clock.pending.length, 1);
  const gone = once(response, 'close');
  response.destroy();
  await gone;
  while (clock.pending.length > 0) await new Promise((resolve) => setImmediate(resolve));
});

test('over HTTP: a watcher that does not read is cut off', async (t) => {
  const { api } = await bench();
  await addNode(api, 'a');
  const response = await open(t, api, `/api/v1/nodes?watch=1&resourceVersion=${api.store.version}`);
  response.pause();
  response.on('error', () => {});
  const closed = new Promise((resolve) => response.on('close', resolve));
  for (let write = 0; write < 200 && !response.destroyed; write += 1) {
    const annotations = { big: `${write}`.padEnd(200_000, 'x') };
    api.patch(NODES, { name: 'a', patch: { metadata: { annotations } } });
    await new Promise((resolve) => setImmediate(resolve));
  }
  response.resume();
  await closed;
  assert.ok(!response.complete);
});
