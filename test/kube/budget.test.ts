import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Budget, earliest, FULL_BUDGET, spend } from '../../src/kube/budget.ts';

const RULE = { burst: 5, intervalMs: 1_000 };

/** Spends as soon as it may, from 0 on, `count` times. */
function times(count: number, reserve = 0): number[] {
  let budget: Budget = FULL_BUDGET;
  let now = 0;
  return Array.from({ length: count }, () => {
    now = Math.max(now, earliest(budget, RULE, reserve));
    budget = spend(budget, RULE, now);
    return now;
  });
}

test('a burst, and then one for each interval', () => assert.deepEqual(times(8), [0, 0, 0, 0, 0, 1_000, 2_000, 3_000]));

test('what is kept back is left to those who may take it', () => {
  assert.deepEqual(times(4, 3), [0, 0, 1_000, 2_000]);
});

test('in any stretch of time there are at most the burst and what came in meanwhile', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3_000), { maxLength: 200 }), fc.nat(100_000), (waits, length) => {
      let budget: Budget = FULL_BUDGET;
      let now = 0;
      const spent: number[] = [];
      for (const wait of waits) {
        now += wait;
        if (earliest(budget, RULE) > now) continue;
        budget = spend(budget, RULE, now);
        spent.push(now);
      }
      for (const begin of spent) {
        const within = spent.filter((at) => at >= begin && at <= begin + length).length;
        assert.ok(within <= RULE.burst + length / RULE.intervalMs);
      }
    }),
  );
});
