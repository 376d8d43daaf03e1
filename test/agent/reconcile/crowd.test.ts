import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Crowd, describeCrowd, NO_CROWD, noteCrowd, noteGap } from '../../../agent/reconcile/crowd.ts';
import type { CrowdReading } from '../../../agent/reconcile/queues.ts';

const CALM_MS = 60_000;
/** Nothing attached, two CPUs, turns of a tick of 250 Hz: half a CPU is sure, 375 threads are through in 3 s. */
const small: CrowdReading = { runnable: 375, turnMs: 4, cpus: 2, hasShortTurns: false, statistics: null };
const many: CrowdReading = { ...small, runnable: 376 };

/** Readings a second apart. */
function after(readings: readonly CrowdReading[], crowd: Crowd = NO_CROWD, begun = 0): Crowd {
  return readings.reduce((so, reading, index) => noteCrowd(so, reading, begun + index * 1_000, CALM_MS), crowd);
}

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
  assert.deepEqual(almost.tooMany, { threads: 376, most: 375, roundMs: 3_000, calmSince: 2_000 });
  const disturbed = after([{ ...small, runnable: 188 }, ...readings(60, few)], almost, 62_000);
  assert.deepEqual(disturbed.tooMany, { threads: 376, most: 375, roundMs: 3_000, calmSince: 63_000 });
  assert.deepEqual(after(readings(1_000, small), begun, 2_000).tooMany, {
    threads: 376,
    most: 375,
    roundMs: 3_000,
    calmSince: null,
  });
});

test('the least of the queues that are too long is told', () => {
  const layers = { normal: { index: 0, tasks: 4_000, util: 100, cur_nr_cpus: 1 } };
  const reading = { ...small, cpus: 16, runnable: 4_000, statistics: { layers } };
  const { tooMany } = after([reading, reading]);
  assert.deepEqual([tooMany?.threads, tooMany?.most], [4_000, 750]);
  const few = { ...reading, statistics: { layers: { normal: { ...layers.normal, tasks: 700 } } } };
  assert.equal(after([few, few]).tooMany?.most, 3_000, 'a layer that is within its bound does not count');
});

test('each further crowd within an hour must have been gone for twice as long', () => {
  const few = { ...small, runnable: 10 };
  let crowd = NO_CROWD;
  let now = 0;
  const read = (reading: CrowdReading): void => {
    now += 1_000;
    crowd = noteCrowd(crowd, reading, now, CALM_MS);
  };
  const calmOf = (): number => {
    read(many);
    read(many);
    assert.notEqual(crowd.tooMany, null);
    const begun = now + 1_000;
    while (crowd.tooMany !== null) read(few);
    return now - begun;
  };
  assert.deepEqual([calmOf(), calmOf(), calmOf(), calmOf()], [60_000, 120_000, 240_000, 480_000]);
  now += 3_600_000;
  read(few);
  assert.deepEqual(crowd, NO_CROWD, 'an hour without one, and all is forgotten');
  assert.equal(calmOf(), 60_000);
});

test('a while without a count is no calm', () => {
  const begun = after([many, many]);
  const few = { ...small, runnable: 10 };
  const almost = noteCrowd(begun, few, 2_000, CALM_MS);
  assert.deepEqual(noteGap(almost), begun);
  assert.equal(noteGap(after([many])).over, 0);
});

test('whatever comes, it is never within the bound for long while a round takes longer', () => {
  const number = fc.nat(20_000);
  fc.assert(
    fc.property(fc.array(number, { maxLength: 100 }), fc.integer({ min: 1, max: 128 }), (counts, cpus) => {
      let crowd = NO_CROWD;
      let over = 0;
      counts.forEach((runnable, second) => {
        // A quarter of each CPU for turns of 4 ms.
        over = (runnable * 4) / (cpus / 4) > 3_000 ? over + 1 : 0;
        crowd = noteCrowd(crowd, { ...small, runnable, cpus }, second * 1_000, CALM_MS);
        if (over >= 2) assert.notEqual(crowd.tooMany, null);
      });
    }),
  );
});
