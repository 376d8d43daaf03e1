import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { pause } from '../../src/kube/pause.ts';
import { FakeClock } from '../support/fake-clock.ts';

test('ends after its time and leaves nothing behind', async () => {
  const clock = new FakeClock();
  const { signal } = new AbortController();
  const waiting = pause(clock, 100, signal);
  clock.advance(100);
  await waiting;
  assert.deepEqual(clock.pending, []);
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});

test('ends with the signal and leaves nothing behind', async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const waiting = pause(clock, 100, controller.signal);
  controller.abort();
  await waiting;
  assert.deepEqual(clock.pending, []);
});

test('no time and a signal that has been given are no wait', async () => {
  const clock = new FakeClock();
  await pause(clock, 0, new AbortController().signal);
  await pause(clock, 100, AbortSignal.abort());
  assert.deepEqual(clock.pending, []);
});
