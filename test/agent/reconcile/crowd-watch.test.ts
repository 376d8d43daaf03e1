import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NOT_DEMOTED } from '../../../agent/layers/demotion.ts';
import { DEFAULT_LAYER_SETTINGS } from '../../../agent/layers/settings.ts';
import { type CrowdNode, createCrowdWatch, sureCpus, turnMs } from '../../../agent/reconcile/crowd-watch.ts';
import { plan } from '../../../agent/reconcile/plan.ts';
import type { Statistics } from '../../../agent/scheduler/ports.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { machineOf, podOf, treeOf } from '../layers/builders.ts';

const PODS = [podOf({ uid: '1', tier: 'critical' })];
const MACHINE = machineOf(2);
const NUMBERS =
  plan({
    pods: PODS,
    tree: treeOf(PODS),
    machine: MACHINE,
    settings: DEFAULT_LAYER_SETTINGS,
    matching: 'prefixes',
    self: null,
    demotion: NOT_DEMOTED,
    joined: null,
    now: 0,
  }).desired?.numbers ?? assert.fail('no layers');

function rig({ hasShortTurns = false } = {}) {
  const world = {
    runnable: 1 as number | null,
    node: { machine: MACHINE, numbers: NUMBERS } as CrowdNode | null,
    statistics: null as Statistics | null,
    changes: 0,
  };
  const clock = new FakeClock();
  const watch = createCrowdWatch({
    clock,
    runnable: () => world.runnable,
    node: () => world.node,
    statistics: () => world.statistics,
    tickMs: 4,
    hasShortTurns,
    calmMs: () => 5_000,
    changed: () => {
      world.changes += 1;
    },
  });
  watch.start();
  return { world, clock, watch };
}

test('a crowd is told within two seconds, once, and its end after the calm', () => {
  const { world, clock, watch } = rig();
  clock.advance(10_000);
  assert.deepEqual([watch.problem, world.changes], [null, 0]);
  world.runnable = 4_000;
  clock.advance(2_000);
  assert.match(watch.problem ?? '', /^too many threads want a CPU: 4000; with more than 375 /);
  clock.advance(60_000);
  assert.equal(world.changes, 1);
  world.runnable = 10;
  clock.advance(5_999);
  assert.notEqual(watch.problem, null);
  clock.advance(1);
  assert.deepEqual([watch.problem, world.changes], [null, 2]);
  watch.stop();
  assert.deepEqual(clock.pending, []);
});

test('without a count, or before the layers are known, it goes on with what it knew', () => {
  const { world, clock, watch } = rig();
  world.runnable = 4_000;
  world.node = null;
  clock.advance(10_000);
  assert.equal(watch.problem, null);
  world.node = { machine: MACHINE, numbers: NUMBERS };
  clock.advance(2_000);
  assert.notEqual(watch.problem, null);
  world.runnable = null;
  clock.advance(60_000);
  assert.notEqual(watch.problem, null);
});

test('what is attached and its caches count', () => {
  const { world, clock, watch } = rig();
  world.runnable = 1_000;
  world.node = { machine: machineOf(16), numbers: NUMBERS };
  clock.advance(2_000);
  assert.equal(watch.problem, null);
  world.statistics = { layers: { normal: { index: 10, tasks: 900, util: 75, cur_nr_cpus: 1 } } };
  clock.advance(2_000);
  assert.match(watch.problem ?? '', /^too many threads want a CPU: 1000; with more than 562 /);
});

test('a low-fallback queue is that of a cache', () => {
  const { world, clock, watch } = rig();
  world.runnable = 1_000;
  const machine = machineOf(16);
  const cpus = machine.cpus.map((cpu) => ({ ...cpu, llc: cpu.id < 4 ? 0 : 1 }));
  world.node = { machine: { ...machine, cpus, llcs: 2 }, numbers: NUMBERS };
  clock.advance(2_000);
  assert.match(watch.problem ?? '', / with more than 750 /);
});

test('a slice ends at the first tick after it is used up', () => {
  const withSlice = (sliceUs: number) => ({ ...NUMBERS, low: { ...NUMBERS.low, sliceUs } });
  assert.equal(turnMs(withSlice(3_000), 4), 4);
  assert.equal(turnMs(withSlice(4_000), 4), 8, 'what is left of it at the tick is worth another');
  assert.equal(turnMs(withSlice(20_000), 1), 21);
  assert.equal(turnMs(withSlice(3_000), 10), 10);
});

test('what is attached may have longer slices than what is wanted', () => {
  const layers = {
    low: { index: 0, tasks: 0, util: 0, slice_us: 30_000 },
    odd: { index: 1, tasks: 0, util: 0, slice_us: '9' },
  };
  assert.equal(turnMs(NUMBERS, 4, { layers }), 32);
});

test('beside an exclusive fence one hardware thread of each core is sure', () => {
  const cpus = [0, 1, 2, 3, 4, 5, 6, 7].map((id) => ({ id, core: id % 4, llc: 0, node: 0 }));
  const machine = { cpus, threads: 2, cores: 4, llcs: 1, nodes: 1 };
  const fenced = (owned: number) => ({
    layers: { 'critical-fenced': { index: 0, tasks: 1, util: 100, cur_nr_cpus: owned } },
  });
  assert.equal(sureCpus(machine, null), 8);
  assert.equal(sureCpus(machine, fenced(0)), 8);
  assert.equal(sureCpus(machine, fenced(2)), 4);
  assert.equal(sureCpus({ ...machine, cpus: cpus.map((cpu) => ({ ...cpu, core: cpu.id })), threads: 1 }, fenced(2)), 8);
});

test('with short turns a crowd of thousands is none, and what is one is told with its own bound', () => {
  const { world, clock, watch } = rig({ hasShortTurns: true });
  world.runnable = 5_000;
  clock.advance(10_000);
  assert.equal(watch.problem, null);
  world.runnable = 5_001;
  clock.advance(2_000);
  assert.equal(watch.problem, 'too many threads want a CPU: 5001; with more than 5000 some would wait for over 15 s');
});
