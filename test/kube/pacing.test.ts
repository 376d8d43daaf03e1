import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPacing } from '../../src/kube/pacing.ts';
import { RESTART_REASONS, restart } from '../../src/kube/restart.ts';
import { DEFAULT_SETTINGS } from '../../src/kube/settings.ts';

function pacing(random = 0.5) {
  return createPacing(DEFAULT_SETTINGS, () => random);
}

test('what is part of normal life goes on at once, but only once in a row', () => {
  for (const reason of ['end', 'gone', 'stalled'] as const) {
    const pace = pacing();
    const delays = Array.from({ length: 4 }, () => pace.delay(restart(reason)));
    assert.deepEqual(delays, [0, 500, 1000, 2000], reason);
    pace.reset();
    assert.equal(pace.delay(restart(reason)), 0);
  }
});

test('failures back off from the first', () => {
  for (const reason of ['reset', 'server-error', 'unreachable', 'throttled', 'bad-line', 'bad-list'] as const) {
    const pace = pacing();
    assert.deepEqual([pace.delay(restart(reason)), pace.delay(restart(reason))], [250, 500], reason);
  }
});

test('an end after a failure does not go on at once', () => {
  const pace = pacing();
  pace.delay(restart('reset'));
  assert.equal(pace.delay(restart('end')), 500);
});

test('what the server asks for comes on top, so that clients do not return together', () => {
  assert.equal(pacing().delay(restart('throttled', '', 7_000)), 7_250);
});

test('who is refused asks again soon, as a server does that has just begun; then slowly, as a person has to act', () => {
  for (const [random, delays] of [
    [0, [0, 0, 0, 0, 30_000, 30_000]],
    [0.9, [450, 900, 1_800, 3_600, 57_000, 57_000]],
  ] as const) {
    const pace = pacing(random);
    const refusedSixTimes = () => delays.map(() => pace.delay(restart('forbidden')));
    assert.deepEqual(refusedSixTimes(), delays);
    pace.reset();
    assert.deepEqual(refusedSixTimes(), delays);
  }
});

test('failures of another kind before do not make a refusal slow', () => {
  const pace = pacing(0);
  for (let index = 0; index < 10; index += 1) pace.delay(restart('unreachable'));
  assert.equal(pace.delay(restart('forbidden')), 0);
});

test('no reason makes a hot loop: ten in a row take seconds', () => {
  for (const reason of RESTART_REASONS) {
    const pace = pacing();
    let total = 0;
    for (let index = 0; index < 10; index += 1) total += pace.delay(restart(reason));
    assert.ok(total > 60_000, reason);
  }
});
