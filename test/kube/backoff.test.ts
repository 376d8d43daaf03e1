import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createBackoff } from '../../src/kube/backoff.ts';

test('the ceiling doubles up to the cap', () => {
  const backoff = createBackoff({ baseMs: 500, capMs: 30_000, random: () => 0.999999 });
  const waits = Array.from({ length: 9 }, () => Math.round(backoff.next()));
  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
});

test('full jitter: all of the range is used, evenly', () => {
  const backoff = createBackoff({ baseMs: 500, capMs: 500, random: () => 0.25 });
  assert.equal(backoff.next(), 125);
  assert.equal(createBackoff({ baseMs: 500, capMs: 500, random: () => 0 }).next(), 0);
});

test('a reset begins again, a skipped wait counts', () => {
  const backoff = createBackoff({ baseMs: 500, capMs: 30_000, random: () => 0.5 });
  backoff.skip();
  assert.equal(backoff.failures, 1);
  assert.equal(backoff.next(), 500);
  backoff.reset();
  assert.equal(backoff.failures, 0);
  assert.equal(backoff.next(), 250);
});

test('always within 0 and the cap, however many failures', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 0.9999999, noNaN: true }),
      fc.integer({ min: 1, max: 3000 }),
      (value, tries) => {
        const backoff = createBackoff({ baseMs: 500, capMs: 30_000, random: () => value });
        for (let index = 0; index < tries; index += 1) {
          const wait = backoff.next();
          assert.ok(wait >= 0 && wait <= 30_000);
        }
      },
    ),
    { numRuns: 50 },
  );
});
