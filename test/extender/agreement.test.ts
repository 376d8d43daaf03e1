import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agreement, ENOUGH, judge, type Outcome, WINDOW } from '../../extender/agreement.ts';

function outcomes(count: number, agreed: number, chance: number): Outcome[] {
  return Array.from({ length: count }, (_, index) => ({ agreed: index < agreed, chance }));
}

test('too few pods say nothing, but the ratio is there to look at', () => {
  assert.deepEqual(judge([]), { heard: null, ratio: null, byChance: null, pods: 0 });
  const few = judge(outcomes(ENOUGH - 1, ENOUGH - 1, 0.01));
  assert.equal(few.heard, null);
  assert.equal(few.ratio, 1);
});

test('heard is what chance alone would hardly do', () => {
  // 200 coins of 0.1: 20 expected, two standard errors are 8.5.
  assert.equal(judge(outcomes(200, 20, 0.1)).heard, false);
  assert.equal(judge(outcomes(200, 28, 0.1)).heard, false);
  assert.equal(judge(outcomes(200, 29, 0.1)).heard, true);
  assert.equal(judge(outcomes(200, 0, 0.1)).heard, false);
  assert.equal(judge(outcomes(200, 200, 0.1)).heard, true);
});

test('pods with different numbers of candidates count each by its own chance', () => {
  const mixed = [...outcomes(100, 100, 1 / 2), ...outcomes(100, 50, 1 / 100)];
  const { ratio, byChance } = judge(mixed);
  assert.equal(ratio, 0.75);
  assert.ok(byChance !== null && Math.abs(byChance - 0.255) < 1e-9);
});

test('only the latest pods count', () => {
  const agreement = new Agreement();
  for (const outcome of outcomes(WINDOW, WINDOW, 0.1)) agreement.add(outcome);
  assert.equal(agreement.heard().ratio, 1);
  for (const outcome of outcomes(WINDOW / 2, 0, 0.1)) agreement.add(outcome);
  assert.equal(agreement.heard().ratio, 0.5);
  for (const outcome of outcomes(WINDOW / 2, 0, 0.1)) agreement.add(outcome);
  assert.deepEqual(agreement.heard().ratio, 0);
  assert.equal(agreement.heard().pods, WINDOW);
});
