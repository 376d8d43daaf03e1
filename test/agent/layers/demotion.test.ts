import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Demotion, NOT_DEMOTED, nextDemotion, recheckAt } from '../../../agent/layers/demotion.ts';

const HOLD = 60_000;
const fence = (needed: number, fenceable = 7) => ({ needed, fenceable, fits: needed <= fenceable });
const step = (previous: Demotion, needed: number, now: number) =>
  nextDemotion(previous, fence(needed), { now, holdMs: HOLD });

test('demoted at once, fenced again only after the hold time', () => {
  const demoted = step(NOT_DEMOTED, 8, 0);
  assert.deepEqual(demoted, { demoted: true, fitsSince: null, fenceable: 7 });
  assert.equal(recheckAt(demoted, HOLD), null);
  const fits = step(demoted, 7, 1_000);
  assert.deepEqual(fits, { demoted: true, fitsSince: 1_000, fenceable: 7 });
  assert.equal(recheckAt(fits, HOLD), 61_000);
  assert.deepEqual(step(fits, 7, 60_999), fits);
  assert.deepEqual(step(fits, 7, 61_000), NOT_DEMOTED);
});

test('a pod that comes and goes moves the fence once', () => {
  let state = NOT_DEMOTED;
  let changes = 0;
  for (let now = 0; now < 3_600_000; now += 20_000) {
    const next = step(state, now % 40_000 === 0 ? 9 : 3, now);
    if (next.demoted !== state.demoted) changes += 1;
    state = next;
  }
  assert.equal(changes, 1);
});

test('with the last Critical pod the demotion ends', () => {
  assert.deepEqual(step({ demoted: true, fitsSince: null, fenceable: 7 }, 0, 5), NOT_DEMOTED);
});

test('nothing is held of a machine that had another number of CPUs', () => {
  const offline = nextDemotion(NOT_DEMOTED, fence(4, 3), { now: 0, holdMs: HOLD });
  assert.equal(offline.demoted, true);
  assert.deepEqual(step(offline, 4, 1), NOT_DEMOTED);
  assert.equal(step(offline, 8, 1).demoted, true, 'where it does not fit there either');
});

test('never fenced where it does not fit, never demoted without cause', () => {
  const steps = fc.array(fc.record({ needed: fc.nat(12), wait: fc.nat(90_000) }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (all) => {
      let [state, now, lastMisfit] = [NOT_DEMOTED, 0, Number.NEGATIVE_INFINITY];
      for (const { needed, wait } of all) {
        now += wait;
        state = step(state, needed, now);
        if (needed > 7) lastMisfit = now;
        if (needed > 7) assert.ok(state.demoted);
        if (state.demoted) assert.ok(lastMisfit > Number.NEGATIVE_INFINITY);
        if (!state.demoted) assert.ok(needed === 0 || now - lastMisfit >= HOLD || noFenceSince(all, lastMisfit));
      }
    }),
  );
});

/** Whether there was a moment without any Critical pod after the fence last did not fit. */
function noFenceSince(all: readonly { readonly needed: number; readonly wait: number }[], misfit: number): boolean {
  let now = 0;
  return all.some(({ needed, wait }) => {
    now += wait;
    return now >= misfit && needed === 0;
  });
}
