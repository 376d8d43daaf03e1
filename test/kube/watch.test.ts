import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_SETTINGS } from '../../src/kube/settings.ts';
import { body, resetAtOnce, silent, status } from '../support/faults.ts';
import { type LiveWatch, statusObject } from '../support/faulty-api.ts';
import { createHarness, type Harness, heard, passSilence } from './harness.ts';

const { healthyMs, idleMs, answerMs } = DEFAULT_SETTINGS;

function bookmark(version: number) {
  return { type: 'BOOKMARK', object: { kind: 'Thing', metadata: { resourceVersion: String(version) } } };
}

function error(code: number) {
  return { type: 'ERROR', object: statusObject(code, 'Faulty') };
}

/** The version from which the latest watch was asked for; the first one is that of the list. */
async function versions(harness: Harness, count: number): Promise<number[]> {
  const asked = [];
  for (let index = 0; index < count; index += 1) asked.push(await harness.api.request('watch'));
  return asked.map(({ query }) => Number(query.get('resourceVersion')));
}

/** A list is asked for again, and the store is as the server's state afterwards. */
async function relisted(harness: Harness): Promise<LiveWatch> {
  await harness.api.request('list');
  const watch = await harness.api.watch();
  await harness.api.request('list');
  assert.deepEqual(
    harness.contents(),
    harness.api.state.objects().map(({ metadata, data }) => `${metadata.name}=${data}`),
  );
  return watch;
}

test('additions, changes and deletions arrive in order', async () => {
  await using harness = await createHarness({ objects: 1 });
  await harness.synced();
  harness.api.state.set('b', 1);
  harness.api.state.set('b', 2);
  harness.api.state.remove('thing-0');
  const changes = [await harness.changes.next(), await harness.changes.next(), await harness.changes.next()];
  assert.deepEqual(
    changes.map((change) => [change.type, change.key, change.previous?.data]),
    [
      ['set', 'ns/b', undefined],
      ['set', 'ns/b', 1],
      ['delete', 'ns/thing-0', 0],
    ],
  );
  assert.deepEqual(harness.contents(), ['b=2']);
});

test('the server is asked for bookmarks and for an end within about five minutes', async () => {
  for (const [random, seconds] of [
    [0, '261'],
    [0.5, '290'],
    [0.999, '319'],
  ] as const) {
    await using harness = await createHarness({ random: () => random });
    await harness.synced();
    const { query } = await harness.api.request('watch');
    assert.equal(query.get('allowWatchBookmarks'), 'true');
    assert.equal(query.get('timeoutSeconds'), seconds);
  }
});

test('any byte is contact with the server', async () => {
  await using harness = await createHarness();
  const watch = await harness.synced();
  const start = harness.clock.now();
  assert.equal(harness.listWatch.store.lastContactAt, start);
  harness.clock.advance(5_000);
  watch.sendRaw(' ');
  await passSilence(harness, idleMs);
  assert.equal(harness.listWatch.store.lastContactAt, start + 5_000);
});

test('an end: at once from the last version, by event or by bookmark', async () => {
  await using harness = await createHarness();
  const first = await harness.synced();
  harness.api.state.set('b', 1);
  await harness.changes.next();
  harness.clock.advance(healthyMs);
  first.end();
  assert.equal(await harness.restarts.next(), 'end');
  const second = await harness.api.watch();
  second.send(bookmark(77));
  harness.clock.advance(healthyMs);
  second.end();
  assert.equal(await harness.restarts.next(), 'end');
  await harness.api.watch();
  const [, afterEvent, afterBookmark] = await versions(harness, 3);
  assert.deepEqual([afterEvent, afterBookmark], [harness.api.state.version, 77]);
  assert.deepEqual(harness.problems, []);
});

test('what happens between two watches is not lost', async () => {
  await using harness = await createHarness();
  const first = await harness.synced();
  harness.api.fault('watch', ({ state, serve }) => {
    state.set('thing-0', 'meanwhile');
    serve();
  });
  harness.clock.advance(healthyMs);
  first.end();
  assert.deepEqual((await harness.changes.next()).type, 'set');
  assert.ok(harness.contents().includes('thing-0=meanwhile'));
});

test('a server that ends every watch at once is not asked in a hot loop', async () => {
  await using harness = await createHarness();
  for (let index = 0; index < 4; index += 1) harness.api.fault('watch', body(''));
  harness.listWatch.start();
  const waits = [];
  for (let index = 0; index < 4; index += 1) {
    assert.equal(await harness.restarts.next(), 'end');
    const wait = harness.clock.pending[0] ?? 0;
    waits.push(wait);
    harness.clock.advance(wait);
  }
  assert.deepEqual(waits, [0, 500, 1000, 2000]);
});

test('a reset: again from the last version', async () => {
  await using harness = await createHarness();
  const watch = await harness.synced();
  harness.api.state.set('b', 1);
  await harness.changes.next();
  watch.reset();
  assert.equal(await harness.restarts.next(), 'reset');
  harness.clock.advance(250);
  await harness.api.watch();
  const [, version] = await versions(harness, 2);
  assert.equal(version, harness.api.state.version);
});

test('a reset before the answer', async () => {
  await using harness = await createHarness();
  harness.api.fault('watch', resetAtOnce);
  harness.listWatch.start();
  assert.equal(await harness.restarts.next(), 'reset');
  harness.clock.advance(250);
  await harness.api.watch();
});

test('half a last line is dropped, and the event comes again', async () => {
  await using harness = await createHarness();
  const watch = await harness.synced();
  const before = harness.api.state.version;
  watch.sendRaw('{"type":"MODIFIED","object":{"metadata":{"name":"thing-0","name');
  watch.end();
  assert.equal(await harness.restarts.next(), 'reset');
  harness.api.state.set('thing-0', 'whole');
  harness.clock.advance(250);
  await harness.changes.next();
  assert.ok(harness.contents().includes('thing-0=whole'));
  const [, version] = await versions(harness, 2);
  assert.equal(version, before);
});

test('a line cut inside a character', async () => {
  await using harness = await createHarness();
  const watch = await harness.synced();
  const object = { metadata: { name: 'b', namespace: 'ns', resourceVersion: '50' }, data: 'grün €' };
  const bytes = Buffer.from(`${JSON.stringify({ type: 'ADDED', object })}\n`);
  const cut = bytes.indexOf('€') + 1;
  watch.sendRaw(bytes.subarray(0, cut));
  harness.clock.advance(1);
  await heard(harness);
  watch.sendRaw(bytes.subarray(cut));
  await harness.changes.next();
  assert.ok(harness.contents().includes('b=grün €'));
});

test('a silent stall: given up after two minutes, again from the last version', async () => {
  await using harness = await createHarness();
  const watch = await harness.synced();
  watch.send(bookmark(77));
  harness.clock.advance(1);
  await passSilence(harness, idleMs);
  assert.equal(await harness.restarts.next(), 'stalled');
  await watch.closed;
  await harness.api.watch();
  const [, version] = await versions(harness, 2);
  assert.equal(version, 77);
});

test('bookmarks alone keep a watch alive', async () => {
  await using harness = await createHarness();
  const watch = await harness.synced();
  for (let minute = 1; minute <= 10; minute += 1) {
    harness.clock.advance(60_000);
    watch.send(bookmark(100 + minute));
    await heard(harness);
  }
  assert.equal(harness.restarts.size, 0);
  assert.equal(harness.listWatch.store.lastContactAt, harness.clock.now());
});

test('a watch whose answer does not begin', async () => {
  await using harness = await createHarness();
  harness.api.fault('watch', silent);
  harness.listWatch.start();
  await harness.api.request('watch');
  await passSilence(harness, answerMs);
  assert.equal(await harness.restarts.next(), 'stalled');
  await harness.api.watch();
});

test('410 as an event: listed again at once', async () => {
  await using harness = await createHarness();
  const watch = await harness.synced();
  harness.api.state.remove('thing-1');
  await harness.changes.next();
  watch.send(error(410));
  assert.equal(await harness.restarts.next(), 'gone');
  await relisted(harness);
});

test('410 as the answer to a watch: listed again at once', async () => {
  await using harness = await createHarness();
  harness.api.fault('watch', status(410));
  harness.listWatch.start();
  assert.equal(await harness.restarts.next(), 'gone');
  await relisted(harness);
});

test('a version that the server has forgotten: listed again, with what was deleted meanwhile', async () => {
  await using harness = await createHarness();
  const watch = await harness.synced();
  watch.reset();
  await harness.restarts.next();
  harness.api.state.remove('thing-0');
  harness.api.state.compact();
  harness.clock.advance(250);
  await harness.api.watch();
  assert.equal(await harness.restarts.next(), 'gone');
  harness.clock.advance(500);
  await relisted(harness);
  assert.deepEqual(harness.contents(), ['thing-1=1', 'thing-2=2']);
});

test('a server that says 410 to everything is not asked in a hot loop', async () => {
  await using harness = await createHarness();
  for (let index = 0; index < 3; index += 1) harness.api.fault('watch', status(410));
  harness.listWatch.start();
  const waits = [];
  for (let index = 0; index < 3; index += 1) {
    assert.equal(await harness.restarts.next(), 'gone');
    waits.push(harness.clock.pending[0] ?? 0);
    harness.clock.advance(waits.at(-1) ?? 0);
  }
  assert.deepEqual(waits, [0, 500, 1000]);
});

for (const code of [429, 500, 503]) {
  test(`an ERROR event ${code}: back off, then again from the last version`, async () => {
    await using harness = await createHarness();
    const watch = await harness.synced();
    watch.send(bookmark(77));
    watch.send(error(code));
    assert.equal(await harness.restarts.next(), 'error-event');
    assert.deepEqual(harness.clock.pending, [250]);
    harness.clock.advance(250);
    await harness.api.watch();
    const [, version] = await versions(harness, 2);
    assert.equal(version, 77);
  });
}

test('an ERROR event may say how long to wait, within bounds', async () => {
  await using harness = await createHarness();
  const watch = await harness.synced();
  watch.send({
    type: 'ERROR',
    object: { ...statusObject(429, 'TooManyRequests'), details: { retryAfterSeconds: 9999 } },
  });
  await harness.restarts.next();
  assert.deepEqual(harness.clock.pending, [300_250]);
});

test('a version from which the server can only send an ERROR is given up after three', async () => {
  await using harness = await createHarness();
  harness.listWatch.start();
  for (let index = 0; index < 3; index += 1) {
    (await harness.api.watch()).send(error(500));
    assert.equal(await harness.restarts.next(), 'error-event');
    harness.clock.advance(harness.clock.pending[0] ?? 0);
  }
  await relisted(harness);
});

test('a line that is no event: listed again', async () => {
  for (const line of ['no JSON\n', '{"kind":"Status"}\n', '[]\n']) {
    await using harness = await createHarness();
    const watch = await harness.synced();
    watch.sendRaw(line);
    assert.equal(await harness.restarts.next(), 'bad-line');
    harness.clock.advance(250);
    await relisted(harness);
  }
});

test('a line above the bound: listed again', async () => {
  await using harness = await createHarness({ settings: { maxObjectBytes: 1000 } });
  const watch = await harness.synced();
  watch.sendRaw('x'.repeat(1001));
  assert.equal(await harness.restarts.next(), 'bad-line');
});

test('events of unknown types are counted and passed over', async () => {
  await using harness = await createHarness();
  const watch = await harness.synced();
  watch.send({ type: 'SYNC', object: {} });
  watch.send({ type: 'ADDED', object: { metadata: {} } });
  harness.api.state.set('b', 1);
  await harness.changes.next();
  assert.equal(harness.unreadable, 2);
  assert.equal(harness.restarts.size, 0);
});

test('an object that is no longer understood is taken out, and comes back when it is', async () => {
  await using harness = await createHarness({ objects: 2 });
  await harness.synced();
  harness.api.state.set('thing-0', 'unreadable');
  assert.equal((await harness.changes.next()).type, 'delete');
  assert.deepEqual([harness.contents(), harness.unreadable], [['thing-1=1'], 1]);
  harness.api.state.set('thing-0', 5);
  await harness.changes.next();
  assert.deepEqual(harness.contents(), ['thing-0=5', 'thing-1=1']);
});

test('a listener that throws is our own fault: reported, and everything listed again', async () => {
  await using harness = await createHarness();
  await harness.synced();
  let thrown = false;
  harness.listWatch.store.subscribe(() => {
    if (thrown) return;
    thrown = true;
    throw new TypeError('a fault of a listener');
  });
  harness.api.state.set('b', 1);
  assert.equal(await harness.restarts.next(), 'internal');
  assert.deepEqual(harness.problems, ['TMP3005']);
  harness.clock.advance(250);
  await relisted(harness);
});
