import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusals } from '../../webhooks/refusals.ts';

const HOUR = 3_600_000;
const LATER = 11_000;

/** Three scaled pods of `web` admitted at 0, 1 and 2 s. */
function threeAdmitted(): Refusals {
  const refusals = new Refusals();
  for (const now of [0, 1000, 2000]) refusals.admitted('web', now);
  return refusals;
}

test('three in a row that never appear: left alone for an hour', () => {
  const refusals = threeAdmitted();
  assert.equal(refusals.leavesAlone('web', 3000, 3000), false);
  const now = 2000 + LATER;
  assert.equal(refusals.leavesAlone('web', now, now), true);
  assert.equal(refusals.leftAlone(now), 1);
  assert.equal(refusals.leavesAlone('other', now, now), false);
  assert.equal(refusals.leavesAlone('web', now + HOUR - 1, now), true);
  assert.equal(refusals.leavesAlone('web', now + HOUR, now + HOUR), false);
  assert.equal(refusals.leftAlone(now + HOUR), 0);
});

test('a silent watch proves nothing', () => {
  const refusals = threeAdmitted();
  assert.equal(refusals.leavesAlone('web', HOUR, undefined), false);
  assert.equal(refusals.leavesAlone('web', HOUR, 5000), false);
  assert.equal(refusals.leavesAlone('web', HOUR, 2000 + LATER), true);
});

test('one that appears in between breaks the row', () => {
  const refusals = threeAdmitted();
  refusals.appeared('web');
  assert.equal(refusals.leavesAlone('web', HOUR, HOUR), false);
  refusals.admitted('web', HOUR);
  assert.equal(refusals.leavesAlone('web', HOUR + LATER, HOUR + LATER), true, 'the two that were left and one more');
});

test('two in a row are not enough, and what appears leaves no trace', () => {
  const refusals = new Refusals();
  refusals.admitted('web', 0);
  refusals.admitted('web', 0);
  assert.equal(refusals.leavesAlone('web', LATER, LATER), false);
  const quiet = new Refusals();
  quiet.admitted('web', 0);
  quiet.appeared('web');
  quiet.appeared('never-admitted');
  assert.equal(quiet.leavesAlone('web', HOUR, HOUR), false);
});

test('bounded: ten thousand workloads, the longest quiet one is forgotten', () => {
  const refusals = new Refusals();
  for (const _ of [1, 2, 3]) refusals.admitted('first', 0);
  for (let index = 0; index < 10_000; index += 1) refusals.admitted(`w${index}`, 0);
  assert.equal(refusals.leavesAlone('first', HOUR, HOUR), false);
});
