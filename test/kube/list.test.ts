import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_SETTINGS } from '../../src/kube/settings.ts';
import { body, pageByteByByte, pageCutAt, pageWithoutLimit, resetAtOnce, silent, status } from '../support/faults.ts';
import { createHarness, passSilence } from './harness.ts';

test('a list comes in pages of 500, one after the other on one connection', async () => {
  await using harness = await createHarness({ objects: 1100 });
  await harness.synced();
  const asked = [];
  for (let page = 0; page < 3; page += 1) asked.push(await harness.api.request('list'));
  assert.deepEqual(
    asked.map(({ query }) => [query.get('limit'), query.has('continue'), query.has('resourceVersion')]),
    [
      ['500', false, false],
      ['500', true, false],
      ['500', true, false],
    ],
  );
  assert.equal(harness.listWatch.store.size, 1100);
  assert.equal(harness.listWatch.store.synced, true);
  assert.equal(harness.api.connections.size, 1);
});

test('the watch goes on from the version of the list', async () => {
  await using harness = await createHarness();
  const { version } = harness.api.state;
  await harness.synced();
  const { query } = await harness.api.request('watch');
  assert.equal(query.get('resourceVersion'), String(version));
});

test('an empty list is a list', async () => {
  await using harness = await createHarness({ objects: 0 });
  await harness.synced();
  assert.equal(harness.listWatch.store.synced, true);
  assert.equal(harness.listWatch.store.size, 0);
});

test('a server that ignores the limit', async () => {
  await using harness = await createHarness({ objects: 700 });
  harness.api.fault('list', pageWithoutLimit);
  await harness.synced();
  assert.equal(harness.listWatch.store.size, 700);
});

test('a page that comes byte by byte', async () => {
  await using harness = await createHarness();
  harness.api.fault('list', pageByteByByte);
  await harness.synced();
  assert.deepEqual(harness.contents(), ['thing-0=0', 'thing-1=1', 'thing-2=2']);
});

test('an expired page: begun again at once, and after two in a row without a limit', async () => {
  await using harness = await createHarness({ objects: 5, settings: { pageLimit: 2 } });
  for (let expiry = 0; expiry < 2; expiry += 1) {
    harness.api.fault('list', ({ serve }) => serve());
    harness.api.fault('list', ({ state, serve }) => {
      state.compact();
      serve();
    });
  }
  harness.listWatch.start();
  assert.equal(await harness.restarts.next(), 'gone');
  assert.deepEqual(harness.clock.pending.length, 0, 'the first time at once');
  assert.equal(await harness.restarts.next(), 'gone');
  assert.equal(harness.listWatch.store.synced, false);
  harness.clock.advance(500);
  await harness.api.watch();
  const limits = [];
  for (let page = 0; page < 5; page += 1) limits.push((await harness.api.request('list')).query.get('limit'));
  assert.deepEqual(limits, ['2', '2', '2', '2', null]);
  assert.equal(harness.listWatch.store.size, 5);
});

test('the limit is back after the list that could not expire', async () => {
  await using harness = await createHarness({ objects: 5, settings: { pageLimit: 2 } });
  for (let expiry = 0; expiry < 2; expiry += 1) harness.api.fault('list', status(410));
  harness.listWatch.start();
  await harness.restarts.next();
  await harness.restarts.next();
  harness.clock.advance(500);
  const watch = await harness.api.watch();
  for (let page = 0; page < 3; page += 1) await harness.api.request('list');
  watch.sendRaw('no event\n');
  assert.equal(await harness.restarts.next(), 'bad-line');
  harness.clock.advance(1000);
  assert.equal((await harness.api.request('list')).query.get('limit'), '2');
});

const EXPECTED = { reset: 'reset', end: 'bad-list', stall: 'stalled' } as const;

for (const how of ['reset', 'end', 'stall'] as const) {
  test(`the second page breaks off (${how}): the old state stays readable until a list is complete`, async () => {
    await using harness = await createHarness({ objects: 4, settings: { pageLimit: 2 } });
    const watch = await harness.synced();
    const before = harness.contents();
    harness.api.fault('list', ({ state, serve }) => {
      state.set('thing-0', 'new');
      state.remove('thing-1');
      serve();
    });
    harness.api.fault('list', pageCutAt(70, how));
    watch.sendRaw('no event\n');
    await harness.restarts.next();
    harness.clock.advance(250);
    for (let page = 0; page < 4; page += 1) await harness.api.request('list');
    if (how === 'stall') await passSilence(harness, DEFAULT_SETTINGS.idleMs);
    assert.equal(await harness.restarts.next(), EXPECTED[how]);
    assert.deepEqual(harness.contents(), before);
    harness.clock.advance(500);
    await harness.api.watch();
    assert.deepEqual(harness.contents(), ['thing-0=new', 'thing-2=2', 'thing-3=3']);
  });
}

test('a page that does not begin to come', async () => {
  await using harness = await createHarness();
  harness.api.fault('list', silent);
  harness.listWatch.start();
  await harness.api.request('list');
  assert.deepEqual(harness.clock.pending, [DEFAULT_SETTINGS.answerMs]);
  harness.clock.advance(DEFAULT_SETTINGS.answerMs);
  assert.equal(await harness.restarts.next(), 'stalled');
  await harness.api.watch();
});

test('a reset instead of a page', async () => {
  await using harness = await createHarness();
  harness.api.fault('list', resetAtOnce);
  harness.listWatch.start();
  assert.equal(await harness.restarts.next(), 'reset');
  harness.clock.advance(250);
  await harness.api.watch();
});

const wrongPages: Readonly<Record<string, string>> = {
  'no JSON': '<html>hello</html>',
  'a Status': '{"kind":"Status","code":200}',
  'no version to watch from': '{"metadata":{},"items":[]}',
};

for (const [what, text] of Object.entries(wrongPages)) {
  test(`a page that is no page: ${what}`, async () => {
    await using harness = await createHarness();
    harness.api.fault('list', body(text));
    harness.listWatch.start();
    assert.equal(await harness.restarts.next(), 'bad-list');
    assert.deepEqual(harness.problems, ['TMP3004']);
    assert.equal(harness.listWatch.store.synced, false);
    harness.clock.advance(250);
    await harness.api.watch();
    assert.equal(harness.listWatch.store.size, 3);
  });
}

test('a server that always promises one more page is not believed for ever', async () => {
  await using harness = await createHarness({ settings: { maxPages: 5 } });
  const page = body('{"metadata":{"resourceVersion":"9","continue":"more"},"items":[]}');
  for (let index = 0; index < 5; index += 1) harness.api.fault('list', page);
  harness.listWatch.start();
  assert.equal(await harness.restarts.next(), 'bad-list');
});

test('an object above the bound is refused while it comes', async () => {
  await using harness = await createHarness({ settings: { maxObjectBytes: 100 } });
  harness.api.fault('list', ({ response }) => response.writeHead(200).write(`{"items":["${'x'.repeat(500)}`));
  harness.listWatch.start();
  assert.equal(await harness.restarts.next(), 'bad-list');
});

test('pages of different times: the watch begins with the earliest', async () => {
  await using harness = await createHarness();
  harness.api.fault('list', body('{"metadata":{"resourceVersion":"2","continue":"more"},"items":[]}'));
  harness.api.fault('list', body('{"metadata":{"resourceVersion":"3"},"items":[]}'));
  harness.listWatch.start();
  assert.equal((await harness.api.request('watch')).query.get('resourceVersion'), '2');
});

test('objects that are not understood are counted and absent', async () => {
  await using harness = await createHarness({ objects: 2 });
  harness.api.state.set('thing-1', 'unreadable');
  await harness.synced();
  assert.deepEqual(harness.contents(), ['thing-0=0']);
  assert.equal(harness.unreadable, 1);
});

test('objects without usable metadata are counted and absent', async () => {
  await using harness = await createHarness();
  const items = [null, 5, {}, { metadata: {} }, { metadata: { name: 'a/b', resourceVersion: '1' }, data: 1 }];
  harness.api.fault('list', body(JSON.stringify({ metadata: { resourceVersion: '9' }, items })));
  harness.listWatch.start();
  await harness.api.watch();
  assert.equal(harness.listWatch.store.size, 0);
  assert.equal(harness.unreadable, 5);
});
