import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Crowd,
  type CrowdReading,
  describeCrowd,
  longestRoundMs,
  MAX_ROUND_MS,
  NO_CROWD,
  noteCrowd,
} from '../../../agent/reconcile/crowd.ts';

const CALM_MS = 60_000;
/** Nothing attached, two CPUs, turns of a tick of 250 Hz: half a CPU is sure, 375 threads are through in 3 s. */
const small: CrowdReading = { runnable: 375, turnMs: 4, cpus: 2, statistics: null };
const many: CrowdReading = { ...small, runnable: 376 };
const layer = (tasks: number | null, util: number | null, owned: unknown) => ({
  index: 0,
  tasks,
  util,
  cur_nr_cpus: owned,
});

/** Readings a second apart. */
function after(readings: readonly CrowdReading[], crowd: Crowd = NO_CROWD, begun = 0): Crowd {
  return readings.reduce((so, reading, index) => noteCrowd(so, reading, begun + index * 1_000, CALM_MS), crowd);
}

test('what is sure is a quarter of each CPU that shares the queue', () => {
  assert.equal(longestRoundMs(small), MAX_ROUND_MS);
  assert.equal(longestRoundMs({ ...small, cpus: 64 }), MAX_ROUND_MS / 32);
  assert.equal(longestRoundMs({ ...small, turnMs: 10 }), 2.5 * MAX_ROUND_MS);
});

test("a layer's own queue has no more threads than the layer, and what its CPUs were used for is sure as well", () => {
  const on = (...layers: ReturnType<typeof layer>[]) =>
    longestRoundMs({
      ...small,
      runnable: 3_000,
      cpus: 64,
      statistics: { layers: Object.fromEntries(layers.map((one, index) => [`l${index}`, one])) },
    });
  const lowFallback = 750;
  assert.equal(on(), lowFallback);
  assert.equal(on(layer(2_000, 4_000, 41)), lowFallback, 'forty CPUs are through in a fifth of a second');
  assert.equal(on(layer(2_000, 100, 1)), 8_000);
  assert.equal(on(layer(2_000, 0, 0)), lowFallback, 'without a CPU it is in the low-fallback queue');
  assert.equal(
    on(layer(300, 1, 1), layer(9_000, 6_300, 63)),
    1_600,
    'who hardly runs may have three quarters of a CPU',
  );
  assert.equal(on(layer(9_000, null, 1)), 16_000);
  for (const odd of [undefined, null, '3']) assert.equal(on(layer(9_000, 1, odd)), lowFallback, 'not understood');
});

test('two readings in a row with too many, and it says how many would do', () => {
  assert.equal(after([many]).tooMany, null);
  assert.equal(after([many, small, many]).tooMany, null, 'a herd that wakes up at once and is gone is none');
  const { tooMany } = after([many, { ...many, runnable: 4_065 }]);
  assert.ok(tooMany !== null);
  assert.equal(
    describeCrowd(tooMany),
    'too many threads want a CPU: 4065; with more than 375 some would wait for over 3 s',
  );
});

test('half as many for a minute without a break, and it is over; the words stay until then', () => {
  const begun = after([many, many]);
  const few = { ...small, runnable: 187 };
  const readings = (count: number, reading: CrowdReading) => Array.from({ length: count }, () => reading);
  assert.equal(after(readings(61, few), begun, 2_000).tooMany, null);
  const almost = after(readings(60, few), begun, 2_000);
  assert.deepEqual(almost.tooMany, { threads: 376, most: 375, calmSince: 2_000 });
  const disturbed = after([{ ...small, runnable: 188 }, ...readings(60, few)], almost, 62_000);
  assert.deepEqual(disturbed.tooMany, { threads: 376, most: 375, calmSince: 63_000 });
  assert.deepEqual(after(readings(1_000, small), begun, 2_000).tooMany, { threads: 376, most: 375, calmSince: null });
});

test('whatever comes, it is never within the bound for long while a round takes longer', () => {
  const number = fc.nat(20_000);
  fc.assert(
    fc.property(fc.array(number, { maxLength: 100 }), fc.integer({ min: 1, max: 128 }), (counts, cpus) => {
      let crowd = NO_CROWD;
      let over = 0;
      counts.forEach((runnable, second) => {
        const reading = { ...small, runnable, cpus };
        over = longestRoundMs(reading) > MAX_ROUND_MS ? over + 1 : 0;
        crowd = noteCrowd(crowd, reading, second * 1_000, CALM_MS);
        if (over >= 2) assert.notEqual(crowd.tooMany, null);
      });
    }),
  );
});
