import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageCutAt, silent, status } from '../support/faults.ts';
import { createHarness, type Harness, heard, until } from './harness.ts';

/** Stops, and nothing of the list-watch is left: no timer, no connection, no further word. */
async function assertGone(harness: Harness): Promise<void> {
  await harness.listWatch.stop();
  assert.deepEqual(harness.clock.pending, []);
  await until(() => harness.api.connections.size === 0);
  assert.equal(harness.restarts.size, 0);
  assert.deepEqual(harness.problems, []);
}

test('while it watches; the last state stays readable', async () => {
  await using harness = await createHarness();
  await harness.synced();
  await assertGone(harness);
  assert.equal(harness.listWatch.store.size, 3);
  assert.equal(harness.listWatch.store.synced, true);
});

test('while it waits for a list to begin', async () => {
  await using harness = await createHarness();
  harness.api.fault('list', silent);
  harness.listWatch.start();
  await harness.api.request('list');
  await assertGone(harness);
});

test('in the middle of a page', async () => {
  await using harness = await createHarness();
  harness.api.fault('list', pageCutAt(50, 'stall'));
  harness.listWatch.start();
  await harness.api.request('list');
  await heard(harness);
  await assertGone(harness);
  assert.equal(harness.listWatch.store.synced, false);
});

test('while it connects', async () => {
  await using harness = await createHarness();
  harness.listWatch.start();
  await assertGone(harness);
});

test('while it waits for its next try', async () => {
  await using harness = await createHarness();
  harness.api.fault('list', status(429, { 'retry-after': '300' }));
  harness.listWatch.start();
  await harness.restarts.next();
  await harness.listWatch.stop();
  assert.deepEqual(harness.clock.pending, []);
});

test('before it was started, and twice', async () => {
  await using harness = await createHarness();
  await harness.listWatch.stop();
  harness.listWatch.start();
  await harness.listWatch.stop();
  assert.deepEqual(harness.clock.pending, []);
});

test('what is sent after that is not taken in', async () => {
  await using harness = await createHarness();
  const watch = await harness.synced();
  const stopped = harness.listWatch.stop();
  harness.api.state.set('thing-0', 'late');
  await stopped;
  await watch.closed;
  assert.equal(harness.changes.size, 0);
});
