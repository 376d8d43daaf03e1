import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isWithin } from '../../webhooks/ramp.ts';

const workload = fc.record({ kind: fc.constantFrom('Deployment', 'Job'), name: fc.string() });
const share = fc.double({ min: 0, max: 100, noNaN: true });

test('who is in stays in when the percentage grows; 0 is nobody, 100 is everybody', () => {
  fc.assert(
    fc.property(workload, share, share, (one, a, b) => {
      assert.ok(!isWithin(Math.min(a, b), 'shop', one) || isWithin(Math.max(a, b), 'shop', one));
      assert.equal(isWithin(0, 'shop', one), false);
      assert.equal(isWithin(100, 'shop', one), true);
    }),
  );
});

test('the share that is in is the share that was asked for', () => {
  const names = Array.from({ length: 10_000 }, (_, index) => ({ kind: 'Deployment', name: `w${index}` }));
  const inside = names.filter((one) => isWithin(25, 'shop', one)).length;
  assert.ok(inside > 2300 && inside < 2700, String(inside));
});
