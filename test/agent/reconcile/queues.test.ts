import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CrowdReading, queuesOf } from '../../../agent/reconcile/queues.ts';

const reading: CrowdReading = { runnable: 3_000, turnMs: 4, cpus: 64, hasShortTurns: false, statistics: null };
const layer = (tasks: number | null, util: number | null, owned: unknown) => ({
  index: 0,
  tasks,
  util,
  cur_nr_cpus: owned,
});
const ofLayers = (layers: Record<string, ReturnType<typeof layer>>) =>
  queuesOf({ ...reading, statistics: { layers } }).slice(1);

test('everybody may be in the low-fallback queue, of which a quarter of each CPU is sure', () => {
  const most = (change: Partial<CrowdReading>) => queuesOf({ ...reading, ...change });
  assert.deepEqual(most({}), [{ threads: 3_000, most: 12_000 }]);
  assert.deepEqual(most({ cpus: 2 }), [{ threads: 3_000, most: 375 }]);
  assert.deepEqual(most({ cpus: 2, turnMs: 10 }), [{ threads: 3_000, most: 150 }]);
});

test("a layer's own queue has no more threads than the layer, and is served by what the layer uses", () => {
  assert.deepEqual(ofLayers({ normal: layer(2_000, 4_000, 41) }), [{ threads: 2_000, most: 30_000 }]);
  assert.deepEqual(ofLayers({ normal: layer(9_000, 100, 1) }), [{ threads: 3_000, most: 750 }]);
  assert.deepEqual(ofLayers({ high: layer(600, 60, 1) }), [{ threads: 600, most: 562 }], 'three quarters are sure');
});

test('a layer without a CPU, or with one that it does not use, has no queue', () => {
  assert.deepEqual(ofLayers({ normal: layer(2_000, 0, 0) }), []);
  assert.deepEqual(ofLayers({ high: layer(2_000, 40, 1) }), []);
  assert.deepEqual(ofLayers({ high: layer(2_000, null, 1) }), []);
  for (const odd of [undefined, null, '3']) assert.deepEqual(ofLayers({ high: layer(9_000, 100, odd) }), []);
});

test("a busy node of many CPUs is no crowd: its operator's threads are many, and sleep", () => {
  const layers = { host: layer(1_500, 90, 1), rest: layer(900, 100, 1), normal: layer(3_000, 12_000, 120) };
  const queues = queuesOf({ ...reading, runnable: 700, cpus: 128, statistics: { layers } });
  assert.deepEqual(
    queues.filter(({ threads, most }) => threads > most),
    [],
  );
});

test('where turns are short the whole CPU counts, as those who displace the queue have it', () => {
  const short = { ...reading, cpus: 2, hasShortTurns: true };
  assert.deepEqual(queuesOf(short), [{ threads: 3_000, most: 5_000 }]);
  assert.deepEqual(queuesOf({ ...short, turnMs: 10 }), [{ threads: 3_000, most: 2_000 }]);
  const layers = { normal: layer(2_800, 100, 1) };
  assert.deepEqual(queuesOf({ ...short, statistics: { layers } })[1], { threads: 2_800, most: 2_500 });
});
