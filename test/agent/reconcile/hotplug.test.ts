// A CPU goes and comes back: the real loop and supervisor, the gate in between.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { statusText } from '../../../agent/status.ts';
import { podOf } from '../layers/builders.ts';
import { isEnforcing, isProvenStock } from '../scheduler/support.ts';
import { type World, worldOf } from './random-world.ts';

const ALL = '0-7';
const OFFLINE = 'CPU 3 offline';
/** Two looks, half a second until SIGKILL, and what the reaping takes. */
const STOCK_MS = 2_000;
/** A look, the pause after a hotplug, the debounce, a start and a proof. */
const ENFORCING_MS = 6_000;

async function enforcing(): Promise<World> {
  const world = worldOf('prefixes', () => 0.999);
  const { it, loop, running } = world;
  running.set('1', podOf({ uid: '1', tier: 'critical', requestMilli: 1_000 }));
  loop.start();
  world.moved();
  await it.until('enforcing', isEnforcing, 5_000);
  return world;
}

const said = ({ loop }: World): string => (loop.view === null ? '' : statusText(loop.view.decision.status));
const takeFromList = (world: World) => Object.assign(world, { refusal: OFFLINE, online: '0-2,4-7' });

/** Asked for: a list that changes long after the kernel has counted it ends what was started in between. */
function assertNoFailure({ it }: World): void {
  const [first, ...others] = it.exits.map((exit) => exit.class);
  assert.equal(first, 'hotplug');
  for (const one of others) assert.ok(one === 'hotplug' || one === 'asked', one);
}

/** It is gone: on stock with the reason, and nothing is started until it is back; then no failure has been counted. */
async function staysOnStockUntilItIsBack(world: World): Promise<void> {
  const { it } = world;
  const starts = world.starts.flat().length;
  await it.until('stock, and why', () => isProvenStock(it) && said(world) === `unsupported: ${OFFLINE}`, STOCK_MS);
  await it.advance(30_000);
  assert.equal(world.starts.flat().length, starts, 'started meanwhile');
  assert.ok(isProvenStock(it));

  Object.assign(world, { refusal: null, online: ALL });
  world.plugged();
  it.world.faults = {};
  await it.until('enforcing again', isEnforcing, ENFORCING_MS);
  assertNoFailure(world);
  assert.equal(world.attaches.length, 1, 'none that pods have brought about');
}

describe('a CPU goes offline while it enforces', () => {
  // Between the looks of supervisor and gate, whichever comes first.
  for (const after of [0, 25, 250, 475, 500, 525, 750, 975, 1_000, 9_000, 9_975]) {
    test(`${after} ms after the proof`, async () => {
      const world = await enforcing();
      await world.it.advance(after);
      // What loads anew by itself hears no SIGTERM.
      world.it.world.faults = { hangsOnSigterm: true };
      world.plugged();
      takeFromList(world);
      await staysOnStockUntilItIsBack(world);
    });
  }
});

describe('a CPU is on the list for a while after the kernel has counted that it goes', () => {
  for (const ms of [25, 500, 1_000, 1_500, 2_000, 2_500, 3_000, 4_000]) {
    test(`${ms} ms`, async () => {
      const world = await enforcing();
      world.plugged();
      await world.it.advance(ms);
      takeFromList(world);
      await world.it.until('told', () => said(world) === `unsupported: ${OFFLINE}`, STOCK_MS);
      if (ms <= 1_000) assert.equal(world.starts.flat().length, 1, 'nothing is started for CPUs that are no more');
      await staysOnStockUntilItIsBack(world);
    });
  }
});

test('CPUs that come and go all the time are no failure either: the latest list counts', async () => {
  const world = await enforcing();
  for (let times = 0; times < 20; times += 1) {
    world.plugged();
    takeFromList(world);
    await world.it.advance(300);
    world.plugged();
    Object.assign(world, { refusal: null, online: ALL });
    await world.it.advance(300);
  }
  await world.it.until('enforcing', isEnforcing, ENFORCING_MS);
  assertNoFailure(world);
});
