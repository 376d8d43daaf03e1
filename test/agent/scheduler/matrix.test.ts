import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ExitClass, SchedulerPhase } from '../../../agent/scheduler/scheduler.ts';
import type { DoubleFaults } from '../../double/faults.ts';
import { isProvenStock, memberConfig, prefixConfig, type Rig, rig } from './support.ts';

/**
 * Every failure in every phase. Whatever it is, within the stated time the node is proven enforcing or proven
 * stock, the state says which and why; a wish for stock is always met within its bound; and once the failure is
 * over a reload brings the node back.
 */
const FAULTS: Readonly<
  Record<string, { faults?: DoubleFaults; act?: (it: Rig) => void; classes: readonly ExitClass[] }>
> = {
  none: { classes: [] },
  refuses: { faults: { refuses: true }, classes: ['config-refused'] },
  'never attaches': { faults: { neverAttaches: true }, classes: ['not-attached'] },
  'panics at its start': { faults: { panicsAtStart: true }, classes: ['panic'] },
  'tasks in the catch-all': { faults: { wrongLayers: true }, classes: ['wrong-layers'] },
  'ejected by the kernel': { faults: { ejectedAfterMs: 300 }, classes: ['ejected'] },
  'let go of, process stays': { faults: { lostAfterMs: 300 }, classes: ['ejected'] },
  'hangs on SIGTERM': { faults: { hangsOnSigterm: true }, classes: [] },
  'socket silent': { faults: { socket: 'silent' }, classes: ['socket-silent'] },
  'socket garbage': { faults: { socket: 'garbage' }, classes: ['socket-silent'] },
  'socket missing': { faults: { socket: 'missing' }, classes: ['socket-silent'] },
  'socket answers errors': { faults: { socket: 'error' }, classes: ['socket-silent', 'config-refused'] },
  'killed again and again': { faults: { diesAfterMs: 700 }, act: (it) => it.world.kill(), classes: ['killed'] },
  'CPU hotplug': { faults: { hotplugAfterMs: 300 }, classes: ['hotplug'] },
  'slow to load': { faults: { startMs: 60_000 }, classes: [] },
  'slow to let go': { faults: { releaseMs: 2_400 }, classes: [] },
  'numbers refused': { faults: { refusesNumbers: true }, classes: ['config-refused'] },
  'updates that mean nothing': { faults: { controlGarbage: true }, classes: ['socket-silent'] },
  'no room for members': { faults: { memberCapacity: 0 }, classes: ['error'] },
  'updates unanswered': { faults: { controlSilent: true }, classes: ['socket-silent'] },
  'standby never ready': { faults: { neverReady: true }, classes: ['not-attached'] },
  'standby ready twice': { faults: { readyTwice: true }, classes: [] },
  'standby does not wait': { faults: { doesNotStandBy: true }, classes: ['not-attached'] },
  'standby dies while it waits': { faults: { diesWaitingMs: 50 }, classes: ['error'] },
  'standby killed': { act: (it) => it.world.kill('standby'), classes: ['killed'] },
  'killed beside a standby': { act: (it) => it.world.kill('attached'), classes: ['killed'] },
  'standby takes over too late': { faults: { takesOverAfterMs: 15_000 }, classes: ['not-attached'] },
  'memory short': {
    act: (it) => {
      it.shortage = '100 MiB of memory are available';
    },
    classes: [],
  },
  'all at once': {
    faults: { hangsOnSigterm: true, socket: 'garbage', wrongLayers: true, controlSilent: true, releaseMs: 2_400 },
    classes: ['socket-silent', 'wrong-layers'],
  },
};

/** `switching`: the standby waits, and the one before it has been told to end. */
const PHASES: ReadonlyArray<SchedulerPhase | 'switching'> = [
  'stock',
  'starting',
  'attaching',
  'enforcing',
  'updating',
  'handing-over',
  'switching',
  'stopping',
  'waiting',
  'latched',
];

/** The longest that a start may take to fail, and what follows it: after it the node is one or the other. */
const SETTLED_MS = 120_000 + 15_000 + 3_500;
/** SIGKILL after half a second, reaped, and three seconds for the kernel. */
const STOCK_MS = 3_600;

const OTHER_SHAPE = memberConfig([[21n, 1]], '', 'other-shape');

async function bring(it: Rig, phase: (typeof PHASES)[number]): Promise<void> {
  const first = memberConfig([[21n, 1]]);
  if (phase === 'stock') return void (await it.until('stock', (state) => state.phase === 'stock', 500));
  if (phase === 'waiting' || phase === 'latched') it.world.faults = { diesAfterMs: 400 };
  if (phase === 'attaching') it.world.faults = { socket: 'missing' };
  it.enforce(first);
  if (phase === 'updating' || phase === 'stopping') {
    await it.until('enforcing', (state) => state.phase === 'enforcing', 5_000);
    if (phase === 'stopping') it.scheduler.reload();
    it.world.faults = { controlSilent: true };
    it.enforce(
      memberConfig([
        [21n, 1],
        [11n, 0],
      ]),
    );
  }
  if (phase === 'handing-over' || phase === 'switching') {
    await it.until('enforcing', (state) => state.phase === 'enforcing', 5_000);
    if (phase === 'switching') it.world.faults = { hangsOnSigterm: true };
    it.enforce(OTHER_SHAPE);
    await it.until('a standby', () => it.world.waiting === 1, 2_000);
  }
  const shown = phase === 'switching' ? 'stopping' : phase;
  await it.until(phase, (state) => state.phase === shown, 90_000);
}

const isProven = (it: Rig): boolean => {
  const { phase } = it.scheduler.state;
  if (phase !== 'enforcing' && phase !== 'updating' && phase !== 'handing-over') return isProvenStock(it);
  // Attached proves nothing while the tasks are in the wrong layer.
  if (it.world.faults.wrongLayers === true) return false;
  const attached = it.world.alive - it.world.waiting;
  return it.world.kernel.read().state === 'enabled' && attached === 1 && it.scheduler.state.config !== null;
};

describe('failure × phase', () => {
  for (const [name, { faults = {}, act, classes }] of Object.entries(FAULTS)) {
    for (const phase of PHASES) {
      test(`${name} × ${phase}`, async () => {
        const it = rig({ isPatched: true });
        await bring(it, phase);
        const exitsBefore = it.exits.length;
        it.world.faults = faults;
        act?.(it);
        if (phase === 'stock') it.enforce(memberConfig([[21n, 1]]));

        await it.advance(1_000);
        // What only a standby can do wants one.
        if (phase === 'enforcing') it.enforce(OTHER_SHAPE);
        await it.advance(700);
        await it.until('enforcing or stock, proven', () => isProven(it), SETTLED_MS);
        assert.notEqual(it.scheduler.state.reason, '');
        const seen = it.exits.slice(exitsBefore).map((exit) => exit.class);
        for (const one of seen)
          assert.ok([...classes, 'asked', 'killed', 'socket-silent'].includes(one), `${one} of ${seen}`);

        it.stock();
        const took = await it.until('stock', () => isProvenStock(it), STOCK_MS);
        assert.ok(took <= STOCK_MS);
        await it.advance(10_000);
        assert.ok(isProvenStock(it), 'and stays there');

        it.world.faults = {};
        it.shortage = null;
        it.enforce(prefixConfig('later'));
        it.scheduler.reload();
        await it.until('enforcing again', (state) => state.phase === 'enforcing', 10_000);
      });
    }
  }
});

describe('a wish for stock from the middle of each failure', () => {
  for (const [name, { faults = {}, act }] of Object.entries(FAULTS)) {
    test(name, async () => {
      // After 1,800 ms it enforces; then another shape is wanted.
      for (const after of [100, 600, 1_600, 1_700, 1_900, 2_200, 3_000, 3_400, 3_500, 3_600, 5_000]) {
        const it = rig({ isPatched: true });
        it.world.faults = faults;
        it.enforce(memberConfig([[21n, 1]]));
        await it.advance(Math.min(after, 1_850));
        it.enforce(OTHER_SHAPE);
        await it.advance(Math.max(after - 1_850, 0));
        act?.(it);
        it.stock();
        await it.until(`stock asked ${after} ms after the start`, () => isProvenStock(it), STOCK_MS);
        assert.equal(it.scheduler.state.reason, 'asked by the test');
      }
    });
  }
});

test('a process that not even SIGKILL ends is reported, never called stock, and no second one is started', async () => {
  const it = rig();
  it.enforce(prefixConfig());
  await it.until('enforcing', ({ phase }) => phase === 'enforcing', 3_000);
  it.world.faults = { hangsOnSigterm: true, ignoresSigkill: true };
  it.stock();
  await it.advance(5_000);
  assert.equal(it.scheduler.state.phase, 'stopping');
  assert.match(it.scheduler.state.reason, /not reaped/);
  it.enforce(prefixConfig());
  await it.advance(5_000);
  assert.equal(it.world.started.length, 1);
  it.world.faults = {};
  await it.until('killed, as it is tried again', () => it.world.started.length === 2, 1_600);
  await it.until('enforcing again', ({ phase }) => phase === 'enforcing', 5_000);
});

test('a kernel that does not let go is reported, never called stock', async () => {
  const it = rig();
  it.enforce(prefixConfig());
  await it.until('enforcing', ({ phase }) => phase === 'enforcing', 3_000);
  it.world.faults = { releaseMs: 60_000 };
  it.stock();
  await it.advance(4_000);
  assert.equal(it.scheduler.state.phase, 'stopping');
  assert.match(it.scheduler.state.reason, /not proven stock: sched_ext is "disabling"/);
  await it.until('stock', ({ phase }) => phase === 'stock', 60_000);
});

test('a kernel that goes on with what our dead child attached is no stock, and no stranger', async () => {
  const it = rig();
  it.enforce(prefixConfig());
  await it.until('enforcing', ({ phase }) => phase === 'enforcing', 3_000);
  const attached = it.world.kernel.read();
  it.world.faults = { releaseMs: 60_000 };
  it.stock();
  for (let index = 0; index < 400; index += 1) {
    it.world.kernel.set(attached);
    await it.advance(25);
  }
  assert.equal(it.world.alive, 0);
  assert.equal(it.scheduler.state.phase, 'stopping');
  assert.equal(it.scheduler.state.foreign, null);
});

test('a kernel state that cannot be read is neither enforcing nor stock', async () => {
  const it = rig();
  const unread = { state: 'unknown', ops: null, enableSeq: null } as const;
  const disabled = it.world.kernel.read();
  it.world.kernel.set(unread);
  await it.until('not proven', ({ reason }) => reason.startsWith('not proven stock'), 2_000);
  it.world.kernel.set(disabled);
  it.enforce(prefixConfig());
  await it.until('enforcing', ({ phase }) => phase === 'enforcing', 3_000);
  it.world.kernel.set(unread);
  await it.advance(9_000);
  assert.equal(it.scheduler.state.phase, 'enforcing', 'a few seconds are tolerated');
  await it.until('given up', ({ phase }) => phase === 'stopping', 2_500);
});
