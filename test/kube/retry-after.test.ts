import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { retryAfterMs } from '../../src/kube/retry-after.ts';

const NOW = Date.UTC(2026, 10, 21, 10);
const MAX = 300_000;

const cases: ReadonlyArray<readonly [header: string | undefined, ms: number]> = [
  [undefined, 0],
  ['1', 1_000],
  [' 30 ', 30_000],
  ['0', 0],
  ['301', MAX],
  ['99999999999999999999', MAX],
  ['Sat, 21 Nov 2026 10:00:07 GMT', 7_000],
  ['Saturday, 21-Nov-26 10:00:07 GMT', 7_000],
  ['Sat Nov 21 10:00:07 2026', 0],
  ['Sat, 21 Nov 2026 09:00:00 GMT', 0],
  ['Sat, 21 Nov 2037 09:00:00 GMT', MAX],
  ['-5', 0],
  ['1.5', 0],
  ['soon', 0],
  ['2027', MAX],
  ['Mon, nonsense', 0],
];

for (const [header, ms] of cases) {
  test(`Retry-After ${JSON.stringify(header)} is ${ms} ms`, () => assert.equal(retryAfterMs(header, NOW, MAX), ms));
}

test('whatever the header says, the wait is bounded', () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      const ms = retryAfterMs(header, NOW, MAX);
      assert.ok(ms >= 0 && ms <= MAX);
    }),
  );
});
