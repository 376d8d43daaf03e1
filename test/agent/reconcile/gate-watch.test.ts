import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GateReport } from '../../../agent/gate/gate.ts';
import { createGateWatch } from '../../../agent/reconcile/gate-watch.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { machineOf } from '../layers/builders.ts';

const MACHINE = machineOf(4);

/** A gate whose answers come when the test wants. */
function rig() {
  const clock = new FakeClock();
  const asked: Array<(report: GateReport) => void> = [];
  const told: Array<string | null> = [];
  const world = { cpus: '1 0-3' as string | null };
  const watch = createGateWatch({
    clock,
    gate: () => new Promise((resolve) => void asked.push(resolve)),
    machine: () => ({ machine: MACHINE }) as never,
    cpus: () => world.cpus,
    changed: () => void told.push(watch.report === null ? 'unknown' : watch.report.refusal),
  });
  watch.start();
  const answer = async (refusal: string | null): Promise<void> => {
    const resolve = asked.shift();
    assert.ok(resolve, 'it was not asked');
    resolve({ checks: [], refusal });
    await new Promise((done) => setImmediate(done));
  };
  return { clock, world, watch, asked, told, answer };
}

test('it is asked at the start and ten seconds after each answer; the same answer is no news', async () => {
  const it = rig();
  it.clock.advance(60_000);
  assert.equal(it.asked.length, 1, 'one question at a time');
  await it.answer(null);
  it.clock.advance(9_999);
  assert.equal(it.asked.length, 0);
  it.clock.advance(1);
  await it.answer(null);
  it.clock.advance(10_000);
  await it.answer('resctrl is mounted');
  assert.deepEqual(it.told, [null, 'resctrl is mounted']);
});

test('from a change of the CPUs until it is judged there is no answer, not even while it is looked again', async () => {
  const it = rig();
  await it.answer(null);
  it.world.cpus = '2 0-3';
  it.clock.advance(1_000);
  assert.equal(it.watch.report, null);
  it.watch.look();
  assert.equal(it.asked.length, 1);
  await it.answer('CPU 3 offline');
  assert.deepEqual(it.told, [null, 'unknown', 'CPU 3 offline']);
  it.clock.advance(9_999);
  assert.equal(it.asked.length, 0, 'ten seconds from this answer');
});

test('an answer about other CPUs is never believed: it is asked anew, a second later', async () => {
  const it = rig();
  await it.answer(null);
  it.world.cpus = '2 0-3';
  it.clock.advance(1_000);
  it.world.cpus = '2 0-2';
  await it.answer(null);
  assert.deepEqual(it.told, [null, 'unknown']);
  assert.equal(it.asked.length, 0, 'they may go on moving');
  it.clock.advance(1_000);
  await it.answer('CPU 3 offline');
  it.clock.advance(10_000);
  it.world.cpus = '3 0-3';
  await it.answer('CPU 3 offline');
  it.watch.look();
  await it.answer(null);
  assert.deepEqual(it.told, [null, 'unknown', 'CPU 3 offline', 'unknown', null]);
});

test('CPUs that cannot be told at the moment are no change', async () => {
  const it = rig();
  await it.answer(null);
  it.world.cpus = null;
  it.clock.advance(9_000);
  assert.deepEqual([it.watch.report?.refusal, it.asked.length], [null, 0]);
  it.clock.advance(1_000);
  await it.answer(null);
  it.world.cpus = '1 0-3';
  it.clock.advance(9_000);
  assert.equal(it.asked.length, 0);
  it.world.cpus = '2 0-2';
  it.clock.advance(1_000);
  assert.equal(it.watch.report, null);
});

test('stopped, it leaves no timer and believes nothing that comes later', async () => {
  const it = rig();
  it.watch.stop();
  await it.answer('late');
  it.watch.look();
  assert.deepEqual([it.clock.pending, it.told, it.watch.report], [[], [], null]);
});
