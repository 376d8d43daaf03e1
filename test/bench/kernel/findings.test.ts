import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchWork, shareOf, slowdown, verdict } from '../../../bench/kernel/findings.ts';
import { readOptions } from '../../../bench/kernel/options.ts';
import { type Arm, isAgentArm } from '../../../bench/kernel/plan.ts';
import { report } from '../../../bench/kernel/report.ts';
import { percentiles, spread } from '../../../bench/kernel/statistics.ts';
import { type HostMeasured, notProven } from '../../../bench/kernel/window.ts';

const ALONE = { state: 'disabled', ops: '', enableSeq: 4 };
const OURS = { state: 'enabled', ops: 'layered_1.1.4', enableSeq: 5 };

/** A window of a probe with latencies of one length. */
function probe(arm: Arm, load: number, ms: number, throughput: Record<string, number> = {}): HostMeasured {
  const live = isAgentArm(arm) ? OURS : ALONE;
  return {
    window: { kind: 'tiers', arm, workload: 'probe', load },
    seconds: 10,
    hostSeconds: 20,
    begin: live,
    end: live,
    latencies: [ms * 1_000],
    throughput,
    cpus: {},
    layers: {},
  };
}

/** A round in which nothing is late without a load, and each arm so late under it. */
function round(late: Readonly<Record<Arm, number>>): HostMeasured[] {
  return (Object.entries(late) as Array<[Arm, number]>).flatMap(([arm, ms]) => [probe(arm, 0, 1), probe(arm, 4, ms)]);
}

const { plan } = readOptions(['--loads', '0,4', '--workloads', 'probe']);

test('percentiles are samples, and not of the wrong end', () => {
  const latencies = Array.from({ length: 1_000 }, (_, index) => (1_000 - index) * 1_000);
  assert.deepEqual(percentiles(latencies), { samples: 1_000, p50: 500, p99: 990, p999: 999 });
  assert.deepEqual(percentiles([7_000]), { samples: 1, p50: 7, p99: 7, p999: 7 });
  assert.equal(percentiles([]), null);
});

test('a spread has its middle between the two in the middle, and no figure without all', () => {
  assert.deepEqual(spread([3, 1, 2]), { middle: 2, least: 1, most: 3 });
  assert.deepEqual(spread([4, 1, 2, 3]), { middle: 2.5, least: 1, most: 4 });
  assert.equal(spread([1, Number.NaN]), null);
  assert.equal(spread([]), null);
});

test('a slowdown is of its own round', () => {
  const rounds = [
    [probe('temper', 0, 2), probe('temper', 4, 3)],
    [probe('temper', 4, 8), probe('temper', 0, 4)],
  ];
  assert.deepEqual(slowdown(rounds, { arm: 'temper', workload: 'probe', load: 4 }, 'p99'), [1.5, 2]);
});

test('a round without one of the two windows gives no ratio, and shifts no other', () => {
  const rounds = [[probe('temper', 4, 3)], [probe('temper', 0, 2), probe('temper', 4, 8)]];
  assert.deepEqual(slowdown(rounds, { arm: 'temper', workload: 'probe', load: 4 }, 'p99'), [4]);
});

test('a window without its scheduler is told and not counted', () => {
  const ejected = { ...probe('temper', 4, 1), end: ALONE };
  const text = report(plan, [
    [...round({ isolated: 2, stock: 9, knobs: 4, upstream: 2, temper: 2 }).slice(0, -1), ejected],
  ]);
  assert.match(text, /Round 1, temper probe 4x: not one scheduler/);
  assert.match(text, /\| probe \| upstream .*\| 1 of 1 \| yes \|\n\| probe \| temper .*\| 0 of 1 \| no \|/);
});

test('the goal wants a slowdown near the floor, and less than both stock arms in each round', () => {
  const good = { isolated: 2, stock: 9, knobs: 4, upstream: 3, temper: 2.2 };
  const met = verdict(plan, [round(good), round(good)], 'probe', 'temper');
  assert.equal(met.below, 2);
  assert.ok(Math.abs(met.overFloor - 1.1) < 1e-9);
  const once = verdict(plan, [round(good), round({ ...good, knobs: 2.1 })], 'probe', 'temper');
  assert.equal(once.below, 1);
  assert.match(report(plan, [round(good), round({ ...good, knobs: 2.1 })]), /\| temper .*\| 1 of 2 \| no \|/);
  assert.match(report(plan, [round(good)]), /\| upstream .*\| 1 of 1 \| no \|\n.*\| temper .*\| 1 of 1 \| yes \|/);
  assert.match(report(plan, [round({ ...good, temper: 2.5 })]), /\| temper .*\| 1 of 1 \| no \|/);
});

test('the batch is compared with stock of the same round, all its pods together', () => {
  const rounds = [
    [probe('stock', 4, 1, { low: 10, normal: 30 }), probe('temper', 4, 1, { low: 15, normal: 15 })],
    [probe('stock', 4, 1, { low: 10 }), probe('temper', 4, 1, { low: 10 })],
  ];
  assert.deepEqual(batchWork(rounds, 'temper', 'probe', 4), [0.75, 1]);
  assert.deepEqual(shareOf(rounds[0] ?? [], 'normal', 'low'), [3, 1]);
});

test('a window counts only where its scheduler was live from begin to end', () => {
  const window = probe('temper', 4, 1);
  assert.equal(notProven(window), null);
  assert.notEqual(notProven({ ...window, end: { ...OURS, enableSeq: 6 } }), null, 'another attach');
  assert.notEqual(notProven({ ...window, end: ALONE }), null, 'ejected');
  assert.notEqual(notProven({ ...window, begin: { ...OURS, ops: 'rusty' }, end: { ...OURS, ops: 'rusty' } }), null);
  assert.notEqual(notProven({ ...probe('upstream', 4, 1), end: ALONE }), null, 'ejected as well');
  assert.equal(notProven(probe('knobs', 4, 1)), null);
  assert.notEqual(notProven({ ...probe('knobs', 4, 1), begin: OURS }), null);
});
