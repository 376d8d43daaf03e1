import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DoubleFaults } from '../../double/faults.ts';
import { isEnforcing, isProvenStock, memberConfig, type Rig, type RigOptions, rig } from './support.ts';

const OLD = memberConfig([[11n, 0]]);
const NEW = memberConfig([[11n, 0]], '', 'new-shape');
const NEWER = memberConfig([[11n, 0]], '', 'newer-shape');

async function enforcing(options: RigOptions = {}): Promise<Rig> {
  const it = rig({ isPatched: true, ...options });
  it.world.tasks = [{ path: 'kubepods/p1', ids: [11n, 21n], count: 3 }];
  it.enforce(OLD, 'first');
  await it.until('enforcing', isEnforcing, 4_000);
  return it;
}

/** The standby loads, and the first still enforces. */
async function handingOver(faults: DoubleFaults = {}): Promise<Rig> {
  const it = await enforcing();
  it.world.faults = faults;
  it.enforce(NEW, 'shape');
  await it.until('handing over', () => it.world.waiting === 1, 1_500);
  assert.equal(it.scheduler.state.phase, 'handing-over');
  return it;
}

const isNewest = ({ config }: { config: { hash: string } | null }): boolean => config?.hash === NEW.hash;
const shapes = (it: Rig): string[] => it.world.started.map(({ shape }) => shape);

test('a change of shape is handed over: the old config is in force until the new one only has to attach', async () => {
  const it = await handingOver();
  const { enableSeq } = it.world.kernel.read();
  await it.advance(700);
  assert.equal(it.scheduler.state.config?.hash, OLD.hash, 'in force while the standby loads');
  assert.equal(it.world.kernel.read().enableSeq, enableSeq);
  await it.until('the new one', isNewest, 2_500);
  assert.equal(it.world.kernel.read().enableSeq, (enableSeq ?? 0) + 1);
  assert.equal(it.world.alive, 1, 'the old one is reaped');
  assert.deepEqual(it.updates.at(-1), ['handover', 'shape']);
  assert.equal(it.gaps.length, 2);
  const gap = it.gaps[1] ?? 0;
  assert.ok(gap > 0.1 && gap < 0.7, `${gap} s: from the signal until the new one is proven`);
  assert.deepEqual(
    it.exits.map((exit) => exit.class),
    ['asked'],
  );
  assert.equal(it.scheduler.state.generation, 2);
  assert.equal(it.kept.at(-1)?.hash, NEW.hash);
});

test('before the standby says that it is ready nobody is ended', async () => {
  const it = await handingOver({ startMs: 50_000 });
  await it.advance(45_000);
  assert.equal(it.scheduler.state.phase, 'handing-over');
  assert.equal(it.exits.length, 0);
  assert.equal(it.gaps.length, 1);
});

test('a binary that cannot stand by is restarted; so is one for which memory is short, and it is said', async () => {
  for (const options of [{ canStandBy: false }, {}] as const) {
    const it = await enforcing(options);
    it.shortage = '100 MiB of memory are available';
    it.enforce(NEW, 'shape');
    await it.until('the new one', isNewest, 5_000);
    assert.deepEqual(it.updates.at(-1), ['restart', 'shape']);
    assert.equal(
      it.states.some(({ reason }) => reason === 'no room to hand over: 100 MiB of memory are available'),
      !('canStandBy' in options),
    );
  }
});

test('members and numbers change live, also where the binary can stand by', async () => {
  const it = await enforcing();
  it.enforce(memberConfig([[11n, 1]]), 'tier');
  await it.until('moved', ({ config }) => config?.members?.get(11n) === 1, 1_500);
  assert.deepEqual(it.updates.at(-1), ['live', 'tier']);
  assert.equal(it.world.started.length, 1);
});

const REFUSALS: ReadonlyArray<readonly [what: string, faults: DoubleFaults, exit: string]> = [
  ['panics', { panicsAtStart: true }, 'panic'],
  ['is killed while it loads', { diesAfterMs: 400 }, 'killed'],
  ['dies while it waits', { diesWaitingMs: 0, neverReady: true }, 'error'],
  ['never says that it is ready', { neverReady: true }, 'not-attached'],
  ['never has loaded', { neverAttaches: true }, 'not-attached'],
  ['does not wait', { doesNotStandBy: true }, 'not-attached'],
];

for (const [what, faults, exit] of REFUSALS) {
  test(`a standby that ${what} leaves what enforces alone; it is said, and tried again with back-off`, async () => {
    const it = await handingOver(faults).catch(async () => {
      const again = await enforcing();
      again.world.faults = faults;
      again.enforce(NEW, 'shape');
      return again;
    });
    const { enableSeq } = it.world.kernel.read();
    await it.until('it failed', ({ lastExit }) => lastExit?.class === exit, 125_000);
    assert.equal(it.scheduler.state.lastExit?.isStandby, true);
    assert.match(it.scheduler.state.lastExit?.detail ?? '', /^hand-over: /);
    await it.until('it failed often', () => it.exits.length >= 7, 1_000_000);
    assert.equal(it.scheduler.state.config?.hash, OLD.hash);
    assert.equal(it.scheduler.state.usesLastKnownGood, true);
    assert.equal(it.world.kernel.read().enableSeq, enableSeq);
    assert.equal(it.gaps.length, 1, 'no gap since the first attach');
    it.world.faults = {};
    await it.until('handed over at last', isNewest, 130_000);
    assert.deepEqual(it.updates.at(-1), ['handover', 'shape']);
    assert.equal(it.scheduler.state.usesLastKnownGood, false);
  });
}

test('waits between hand-overs that fail grow', async () => {
  const it = await enforcing();
  it.world.faults = { panicsAtStart: true };
  it.enforce(NEW);
  const at: number[] = [];
  for (let failed = 1; failed <= 5; failed += 1) {
    await it.until('failed', () => it.exits.length === failed, 60_000);
    at.push(it.clock.monotonic());
  }
  const waits = at.slice(1).map((time, index) => Math.round((time - (at[index] ?? 0)) / 1_000));
  assert.deepEqual(waits, [1, 2, 4, 8]);
});

test('a config that the standby refuses is not tried again; the one in force stays', async () => {
  const it = await enforcing();
  it.world.faults = { refuses: true };
  it.enforce(NEW);
  await it.until('refused', ({ usesLastKnownGood }) => usesLastKnownGood, 3_000);
  assert.equal(it.scheduler.state.lastExit?.class, 'config-refused');
  it.world.faults = {};
  await it.advance(120_000);
  assert.deepEqual(shapes(it), ['members', 'new-shape']);
  assert.equal(it.gaps.length, 1);
  it.scheduler.reload();
  await it.until('a person wants it', isNewest, 4_000);
  assert.deepEqual(it.updates.at(-1), ['handover', 'reload']);
});

test('the old one dies while the standby loads: the standby takes over and is proven', async () => {
  const it = await handingOver({ startMs: 3_000 });
  it.world.kill('attached');
  await it.until('starting', ({ phase }) => phase === 'starting', 500);
  assert.equal(it.scheduler.state.config, null);
  await it.until('the new one', isNewest, 4_000);
  assert.deepEqual(shapes(it), ['members', 'new-shape'], 'no third one was started');
  assert.deepEqual(it.updates.at(-1), ['handover', 'recovery']);
  assert.equal(it.exits.at(-1)?.class, 'killed');
});

test('let go of by the kernel while its process stays: the standby has the node at once, and is proven', async () => {
  const it = await enforcing({ prepare: (world) => (world.faults = { lostAfterMs: 5_000 }) });
  it.world.faults = { neverReady: true };
  it.enforce(NEW);
  await it.until('waiting', () => it.world.waiting === 1, 1_500);
  await it.until('taken over', () => it.world.waiting === 0, 5_000);
  assert.equal(it.world.alive, 2);
  await it.until('the new one', isNewest, 5_000);
  assert.equal(it.world.alive, 1);
  assert.match(it.exits.at(-1)?.detail ?? '', /the standby has taken over/);
});

test('a standby that takes over too late is ended, and the node starts anew', async () => {
  const it = await handingOver({ takesOverAfterMs: 15_000 });
  await it.until('given up', () => it.exits.some((exit) => exit.class === 'not-attached'), 14_000);
  it.world.faults = {};
  await it.until('the new one', isNewest, 6_000);
  assert.deepEqual(it.updates.at(-1), ['restart', 'recovery']);
});

test('a standby that dies when the old one has been told to end: the node starts anew', async () => {
  const it = await handingOver({ hangsOnSigterm: true });
  await it.until('the old one ends', ({ phase }) => phase === 'stopping', 2_000);
  it.world.kill('standby');
  await it.until('the new one', isNewest, 8_000);
  assert.deepEqual(it.updates.at(-1), ['restart', 'recovery']);
  assert.deepEqual(
    it.exits.map((exit) => exit.class),
    ['killed', 'asked'],
  );
  assert.equal(it.exits[0]?.isStandby, undefined, 'nobody is said to go on');
});

test('ready twice is ready once', async () => {
  const it = await handingOver({ readyTwice: true });
  await it.until('the new one', isNewest, 3_000);
  assert.deepEqual(it.updates.at(-1), ['handover', 'shape']);
});

test('what was wanted back is not handed over: the standby is ended, the old one untouched', async () => {
  const it = await handingOver({ startMs: 10_000 });
  it.enforce(OLD);
  await it.until('called off', () => it.world.alive === 1, 1_000);
  await it.advance(5_000);
  assert.equal(it.scheduler.state.phase, 'enforcing');
  assert.equal(it.scheduler.state.config?.hash, OLD.hash);
  assert.equal(it.exits.length, 0);
  it.enforce(NEW);
  it.world.faults = {};
  await it.until('the new one', isNewest, 4_000);
});

test('what is wanted meanwhile follows when the hand-over is done', async () => {
  const it = await handingOver();
  it.enforce(NEWER);
  await it.until('the newest', ({ config }) => config?.hash === NEWER.hash, 8_000);
  assert.deepEqual(shapes(it), ['members', 'new-shape', 'newer-shape']);
  const numbers = memberConfig([[11n, 1]], '', 'newer-shape');
  it.enforce(numbers);
  await it.until('live', ({ config }) => config?.hash === numbers.hash, 1_500);
  assert.equal(it.updates.at(-1)?.[0], 'live');
});

test('a reload is handed over; where a hand-over has just failed it is a restart', async () => {
  const it = await enforcing();
  it.scheduler.reload();
  await it.until('handing over', ({ phase }) => phase === 'handing-over', 100);
  it.scheduler.reload();
  assert.equal(it.scheduler.state.phase, 'handing-over', 'asked again, nobody is given up for it');
  await it.until('another process', () => it.updates.length === 2, 4_000);
  assert.deepEqual(it.updates.at(-1), ['handover', 'reload']);
  assert.equal(it.world.started.length, 2, 'asked twice, done once');
  it.world.faults = { panicsAtStart: true };
  it.enforce(NEW);
  await it.until('failed', ({ usesLastKnownGood }) => usesLastKnownGood, 2_000);
  it.world.faults = {};
  it.scheduler.reload();
  await it.until('the new one', isNewest, 5_000);
  assert.deepEqual(it.updates.at(-1), ['restart', 'reload']);
});

test('CPUs that come or go end a standby: it has the view of before, and it is no failure', async () => {
  const it = await handingOver({ startMs: 3_000 });
  it.world.kernel.set({ hotplugSeq: 1, state: 'disabled', ops: null });
  it.world.kill('attached');
  await it.until('waiting', ({ phase }) => phase === 'waiting', 3_000);
  assert.equal(it.world.alive, 0);
  it.world.faults = {};
  await it.until('the new one', isNewest, 6_000);
  assert.deepEqual(it.updates.at(-1), ['restart', 'recovery']);
});

test('a latch is a latch: no standby goes on where the one before has failed too often', async () => {
  const it = rig({ isPatched: true, policy: { failures: { max: 1, windowMs: 600_000 } } });
  it.world.tasks = [];
  it.enforce(OLD);
  await it.until('enforcing', isEnforcing, 4_000);
  it.enforce(NEW);
  await it.until('handing over', () => it.world.waiting === 1, 1_500);
  it.world.kill('attached');
  await it.until('latched', ({ phase }) => phase === 'latched', 4_000);
  assert.ok(isProvenStock(it));
});

test('stock wanted at any moment of a hand-over: both are gone within the bound, and nobody attaches after', async () => {
  for (const faults of [{}, { hangsOnSigterm: true }, { neverReady: true }, { takesOverAfterMs: 300 }]) {
    for (let after = 0; after <= 1_800; after += 75) {
      const it = await enforcing();
      it.world.faults = faults;
      it.enforce(NEW);
      await it.advance(500 + after);
      it.stock();
      const { enableSeq } = it.world.kernel.read();
      await it.until(`stock ${after} ms into it`, () => isProvenStock(it), 800);
      assert.equal(it.scheduler.state.reason, 'asked by the test');
      await it.advance(2_000);
      assert.ok(isProvenStock(it));
      assert.equal(it.world.kernel.read().enableSeq, enableSeq, 'nobody attached');
    }
  }
});

test('stock wanted when the standby is next, and deaf: it does not attach before it is gone', async () => {
  const it = await handingOver({ takesOverAfterMs: 400 });
  await it.until('the standby is next', ({ phase }) => phase === 'starting', 2_500);
  const { enableSeq } = it.world.kernel.read();
  it.world.faults = { hangsOnSigterm: true };
  it.stock();
  await it.until('stock', () => isProvenStock(it), 100);
  await it.advance(1_000);
  assert.equal(it.world.kernel.read().enableSeq, enableSeq);
});

test('stock is not said before the standby is reaped too', async () => {
  const it = await handingOver({ startMs: 20_000 });
  it.world.faults = { ignoresSigkill: true };
  it.stock();
  await it.advance(4_000);
  assert.equal(it.scheduler.state.phase, 'stopping');
  assert.match(it.scheduler.state.reason, /standby is not reaped/);
  it.world.faults = {};
  await it.until('stock', () => isProvenStock(it), 1_500);
});

test('pods that come while a reload loads its standby get their layers at once, and the standby has them as well', async () => {
  const it = await enforcing();
  it.world.faults = { startMs: 5_000 };
  it.scheduler.reload();
  await it.until('handing over', () => it.world.waiting === 1, 200);
  const both = memberConfig([
    [11n, 0],
    [12n, 1],
  ]);
  it.enforce(both, 'pods');
  await it.until('live', ({ config }) => config?.hash === both.hash, 50);
  assert.equal(it.scheduler.state.phase, 'handing-over', 'the reload goes on');
  assert.deepEqual(it.updates.at(-1), ['live', 'pods']);
  it.news.length = 0;
  await it.until('another process', () => it.updates.at(-1)?.[0] === 'handover', 9_000);
  assert.equal(it.scheduler.state.config?.hash, both.hash);
  assert.equal(it.world.started.length, 2);
  await it.advance(6_000);
  assert.deepEqual(
    it.news.filter(({ type }) => type === 'repaired'),
    [],
    'it had its members from its file',
  );
});

test('pods that come while another shape loads are told to the standby, which has them when it attaches', async () => {
  const it = await handingOver({ startMs: 3_000 });
  const more = memberConfig(
    [
      [11n, 0],
      [12n, 1],
    ],
    '',
    'new-shape',
  );
  it.enforce(more, 'pods');
  await it.until('the new one', ({ config }) => config?.hash === more.hash, 6_000);
  assert.deepEqual(shapes(it), ['members', 'new-shape'], 'one hand-over for both');
  assert.deepEqual(it.updates.at(-1), ['handover', 'shape']);
});

test('a reload while a change is under way and another one waits: both go on', async () => {
  const it = await enforcing();
  it.world.faults = { startMs: 5_000 };
  it.enforce(memberConfig([[11n, 1]]), 'pods');
  const last = memberConfig([[11n, 0]], 'again');
  it.enforce(last, 'pods');
  assert.equal(it.scheduler.state.phase, 'updating');
  it.scheduler.reload();
  assert.equal(it.scheduler.state.phase, 'handing-over');
  await it.until('live', ({ config }) => config?.hash === last.hash, 100);
  assert.deepEqual(it.updates.at(-1), ['live', 'pods']);
  await it.until('another process', () => it.updates.at(-1)?.[0] === 'handover', 9_000);
  assert.equal(it.scheduler.state.config?.hash, last.hash);
});
