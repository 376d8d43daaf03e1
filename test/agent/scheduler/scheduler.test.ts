import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_POLICY } from '../../../agent/scheduler/policy.ts';
import type { SchedulerConfig } from '../../../agent/scheduler/scheduler.ts';
import { isEnforcing, isProvenStock, memberConfig, prefixConfig, rig } from './support.ts';

test('attached is said only after kernel and two statistics, and stock only when the kernel has let go', async () => {
  const it = rig();
  await it.until('stock at first', ({ phase }) => phase === 'stock', 100);
  assert.equal(it.world.alive, 0);
  it.enforce(prefixConfig(), 'first protected pod');
  const took = await it.until('enforcing', isEnforcing, 3_000);
  assert.ok(took >= 500 + 1_000 + 250, `${took} ms: debounce, load, and an interval between two statistics`);
  assert.deepEqual(
    it.states.map(({ phase }) => phase).filter((phase, index, all) => phase !== all[index - 1]),
    ['stock', 'starting', 'attaching', 'enforcing'],
  );
  assert.equal(it.scheduler.state.config?.hash, prefixConfig().hash);
  assert.equal(it.scheduler.state.generation, 1);
  assert.deepEqual(it.updates, [['restart', 'first protected pod']]);
  assert.equal(it.scheduler.statistics?.layers['critical']?.tasks, 3);

  it.stock();
  assert.equal(it.scheduler.state.config, null, 'not in force from the moment it is being ended');
  await it.until('stock', () => isProvenStock(it), 1_000);
  assert.equal(it.scheduler.state.reason, 'asked by the test');
  assert.equal(it.exits.at(-1)?.class, 'asked');
  assert.equal(it.scheduler.statistics, null);
});

test('enabled with the number of an earlier attach is not attached: the number rises a moment later', async () => {
  const it = rig({ prepare: (world) => (world.faults = { neverAttaches: true }) });
  it.world.kernel.set({ enableSeq: 7 });
  it.enforce(prefixConfig());
  await it.until('starting', ({ phase }) => phase === 'starting', 1_000);
  it.world.kernel.set({ state: 'enabled', ops: 'layered_1.1.4' });
  await it.advance(2_000);
  assert.equal(it.scheduler.state.phase, 'starting');
  it.world.kernel.set({ enableSeq: 8 });
  await it.advance(200);
  assert.equal(it.scheduler.state.phase, 'attaching');
});

test('a scheduler that attached anew by itself is not the one that was proven', async () => {
  const it = rig();
  it.enforce(prefixConfig());
  await it.until('enforcing', isEnforcing, 3_000);
  it.world.kernel.set({ enableSeq: 9 });
  await it.until('noticed', ({ config }) => config === null, 1_100);
  await it.until('ended', () => it.exits.length === 1, 3_000);
  assert.equal(it.exits[0]?.class, 'ejected');
  await it.until('enforcing again', isEnforcing, 6_000);
});

test('killed by somebody else: the kernel says first that it is gone, and that is no ejection', async () => {
  const it = rig({ prepare: (world) => (world.faults = { hangsOnSigterm: true }) });
  it.enforce(prefixConfig());
  await it.until('enforcing', isEnforcing, 3_000);
  it.world.kernel.set({ state: 'disabled', ops: null });
  await it.until('noticed', ({ phase }) => phase === 'stopping', 1_100);
  it.world.kill();
  await it.until('ended', () => it.exits.length === 1, 1_000);
  assert.equal(it.exits[0]?.class, 'killed');
});

test('a burst of configs on the stock binary is one restart, counted as a gap', async () => {
  const it = rig();
  it.enforce(prefixConfig('a'));
  await it.until('enforcing', isEnforcing, 3_000);
  for (const name of ['b', 'c', 'd', 'e']) {
    it.enforce(prefixConfig(name), 'pods');
    await it.advance(100);
  }
  await it.until('the newest in force', ({ config }) => config?.hash === prefixConfig('e').hash, 5_000);
  assert.equal(it.world.started.length, 2);
  assert.deepEqual(it.updates.at(-1), ['restart', 'pods']);
  assert.equal(it.gaps.length, 2);
  assert.ok((it.gaps[1] ?? 0) > 1 && (it.gaps[1] ?? 0) < 2, `${it.gaps[1]} s`);
  assert.equal(it.scheduler.state.generation, 2);
});

test('a live change goes at once, and those that come while one is under way go together in the next', async () => {
  const it = rig({ isPatched: true });
  it.world.tasks = [];
  it.enforce(memberConfig());
  await it.until('enforcing', isEnforcing, 4_000);
  for (let index = 0; index < 40; index += 1) {
    it.enforce(memberConfig([[11n, 0]], `${index}`));
    assert.equal(it.scheduler.state.phase, 'updating', 'no time passes');
    for (const name of ['a', 'b']) it.enforce(memberConfig([[11n, 1]], `${index}${name}`));
    await it.until('in force', ({ config }) => config?.hash === memberConfig([[11n, 1]], `${index}b`).hash, 25);
  }
  assert.equal(it.updates.filter(([kind]) => kind === 'live').length, 80);
  assert.equal(it.world.started.length, 1);
});

test('changes that need another process and never stop are made after the longest wait', async () => {
  const it = rig({ isPatched: true, canStandBy: false });
  it.world.tasks = [];
  it.enforce(memberConfig());
  await it.until('enforcing', isEnforcing, 4_000);
  for (let index = 0; index < 20; index += 1) {
    it.enforce(memberConfig([], '', `shape-${index}`));
    await it.advance(100);
  }
  assert.equal(it.world.started.length, 1);
  await it.until('restarted', () => it.world.started.length === 2, 1_000);
});

test('the same goal again changes and delays nothing', async () => {
  const it = rig();
  for (let index = 0; index < 8; index += 1) {
    it.enforce(prefixConfig());
    await it.advance(100);
  }
  assert.equal(it.scheduler.state.phase, 'starting');
  await it.until('enforcing', isEnforcing, 3_000);
  it.enforce(prefixConfig('b'));
  it.enforce(prefixConfig());
  await it.advance(5_000);
  assert.equal(it.world.started.length, 1, 'there and back within the debounce');
});

test('members and numbers change live: no restart, no gap', async () => {
  const it = rig({ isPatched: true });
  it.world.tasks = [{ path: 'kubepods/p1', ids: [11n, 21n], count: 3 }];
  it.enforce(memberConfig([[11n, 0]]));
  await it.until('enforcing', isEnforcing, 4_000);
  it.enforce(memberConfig([[11n, 1]]), 'tier');
  await it.until('moved', ({ config }) => config?.members?.get(11n) === 1, 1_500);
  await it.advance(2_500);
  assert.equal(it.scheduler.statistics?.layers['normal']?.tasks, 3);
  assert.equal(it.world.started.length, 1);
  assert.deepEqual(it.updates.at(-1), ['live', 'tier']);
  assert.equal(it.gaps.length, 1);
  assert.equal(it.scheduler.state.generation, 2);
});

/** The same members with other numbers. */
function otherNumbers(config: SchedulerConfig): SchedulerConfig {
  const layers = structuredClone(config.layers) as Array<{ kind: Record<string, object> }>;
  Object.assign(layers[0]?.kind['Confined'] ?? {}, { cpus_range: [2, 3] });
  return { ...config, layers, hash: `${config.hash}-wider` };
}

test('numbers that are refused leave those in force, and are never sent again; the members follow', async () => {
  const it = rig({ isPatched: true });
  it.world.tasks = [{ path: 'kubepods/p1', ids: [11n, 21n], count: 3 }];
  it.enforce(memberConfig([[11n, 0]]));
  await it.until('enforcing', isEnforcing, 4_000);
  it.world.faults = { refusesNumbers: true };
  const wider = otherNumbers(memberConfig([[11n, 1]]));
  it.enforce(wider);
  await it.until('refused', ({ usesLastKnownGood }) => usesLastKnownGood, 1_500);
  assert.equal(it.exits.at(-1)?.class, 'config-refused');
  await it.advance(10_000);
  assert.deepEqual(it.scheduler.state.config?.members, wider.members);
  assert.deepEqual(it.scheduler.state.config?.layers, memberConfig().layers);
  assert.equal(it.scheduler.statistics?.layers['normal']?.tasks, 3, 'the pod has moved');
  it.enforce(otherNumbers(memberConfig([[11n, 1]])));
  await it.advance(3_000);
  assert.equal(it.exits.length, 1);
  it.enforce(memberConfig([[11n, 0]]));
  await it.until('what can be taken', ({ usesLastKnownGood }) => !usesLastKnownGood, 100);
  assert.equal(it.world.started.length, 1);
});

test('a live update without an answer is no restart: what is in force is asked, and the rest told', async () => {
  const it = rig({ isPatched: true });
  it.world.tasks = [];
  it.enforce(memberConfig());
  await it.until('enforcing', isEnforcing, 4_000);
  for (const [id, faults] of [
    [11n, { controlSilent: true }],
    [12n, { controlGarbage: true }],
  ] as const) {
    const members = memberConfig([[id, 0]]);
    it.world.faults = faults;
    it.enforce(members, 'pods');
    await it.until('said', ({ incomplete }) => incomplete !== null, 10_000);
    assert.match(it.scheduler.state.incomplete ?? '', /^live updates are not confirmed: /);
    await it.advance(30_000);
    assert.equal(it.world.started.length, 1);
    it.world.faults = {};
    await it.until('in force', ({ config }) => config?.hash === members.hash, 4_000);
    assert.equal(it.scheduler.state.incomplete, null);
    assert.deepEqual(it.updates.at(-1), ['live', 'pods']);
  }
  assert.deepEqual(it.exits, []);
});

test('threads in a wrong layer while it is not known what is in force: ended when there was no proof for its time', async () => {
  const it = rig({ isPatched: true });
  it.world.tasks = [{ path: 'kubepods/p1', ids: [11n, 21n], count: 3 }];
  it.enforce(memberConfig([[11n, 0]]));
  await it.until('enforcing', isEnforcing, 4_000);
  it.world.faults = { controlSilent: true, wrongLayers: true };
  it.enforce(memberConfig([[11n, 1]]));
  const took = await it.until('given up', () => it.exits.length === 1, 15_000);
  assert.ok(took > 8_000, `${took} ms`);
  assert.equal(it.exits[0]?.class, 'wrong-layers');
});

test('members that the scheduler lost are set right before it is given up for wrong layers, and counted', async () => {
  const it = rig({ isPatched: true });
  it.world.tasks = [{ path: 'kubepods/p1', ids: [11n, 21n], count: 3 }];
  it.enforce(memberConfig([[11n, 0]]));
  await it.until('enforcing', isEnforcing, 4_000);
  await it.advance(20_000);
  assert.deepEqual(it.news, [{ type: 'abilities', takesNumbers: true }], 'nothing to repair');
  it.world.forgetMembers();
  await it.until('repaired', () => it.news.length === 2, 1_100);
  assert.deepEqual(it.news.at(-1), { type: 'repaired', members: 1, layers: 0 });
  await it.advance(5_000);
  assert.deepEqual([it.updates.length, it.exits.length], [1, 0], 'neither a change of the config nor an end');
  // One that nobody sees run.
  it.world.tasks = [];
  it.world.forgetMembers();
  await it.until('repaired', () => it.news.length === 3, 5_100);
});

test('a pod that has gone is no failure; one for which there is no room is said, and takes its place when there is', async () => {
  const it = rig({ isPatched: true });
  it.world.tasks = [];
  it.enforce(memberConfig());
  await it.until('enforcing', isEnforcing, 4_000);
  it.world.gone.add(11n);
  it.enforce(memberConfig([[11n, 0]]));
  await it.until('in force', ({ config }) => config?.members?.size === 1, 100);
  await it.advance(12_000);
  assert.equal(it.scheduler.state.incomplete, null);
  it.world.faults = { memberCapacity: 1 };
  const two = memberConfig([
    [12n, 0],
    [13n, 0],
  ]);
  it.enforce(two);
  await it.until('said', ({ incomplete }) => incomplete !== null, 100);
  assert.equal(it.scheduler.state.incomplete, '1 cgroup is not in their layer: table-full: 1 of 1 entries');
  await it.advance(12_000);
  assert.equal(it.scheduler.state.phase, 'enforcing');
  it.world.faults = {};
  await it.until('all have their place', ({ incomplete }) => incomplete === null, 5_100);
  assert.deepEqual(it.exits, []);
});

test('where numbers cannot change live members still do, and numbers are handed over', async () => {
  const it = rig({ isPatched: true, prepare: (world) => (world.faults = { withoutNumbers: true }) });
  it.world.tasks = [];
  it.enforce(memberConfig());
  await it.until('enforcing', isEnforcing, 4_000);
  it.enforce(memberConfig([[11n, 0]]), 'pods');
  await it.until('in force', ({ config }) => config?.members?.size === 1, 100);
  assert.deepEqual(it.updates.at(-1), ['live', 'pods']);
  const wider = otherNumbers(memberConfig([[11n, 0]]));
  it.enforce(wider, 'numbers');
  await it.until('handed over', ({ config }) => config?.hash === wider.hash, 5_000);
  assert.deepEqual(it.updates.at(-1), ['handover', 'numbers']);
  assert.deepEqual(it.news[0], { type: 'abilities', takesNumbers: false });
});

test('a refused config is not tried again; the last that worked is', async () => {
  const it = rig();
  it.enforce(prefixConfig('good'));
  await it.until('enforcing', isEnforcing, 3_000);
  assert.deepEqual(
    it.kept.map(({ hash }) => hash),
    [prefixConfig('good').hash],
  );
  it.world.faults = { refusesText: 'bad' };
  it.enforce(prefixConfig('bad'));
  await it.until('the good one again', ({ usesLastKnownGood }) => usesLastKnownGood, 10_000);
  assert.equal(it.exits.at(-1)?.class, 'config-refused');
  assert.deepEqual(
    it.world.started.map(({ hash }) => hash.slice(9)),
    ['good', 'bad', 'good'],
  );
  it.world.kill();
  await it.until('noticed', ({ phase }) => phase !== 'enforcing', 1_000);
  await it.until('the good one once more', ({ usesLastKnownGood }) => usesLastKnownGood, 10_000);
  assert.deepEqual(
    it.world.started.map(({ hash }) => hash.slice(9)),
    ['good', 'bad', 'good', 'good'],
  );
});

test('the last config that worked is known from an earlier agent', async () => {
  const it = rig({ knownGood: prefixConfig('old'), prepare: (world) => (world.faults = { refusesText: 'new' }) });
  it.enforce(prefixConfig('new'));
  await it.until('enforcing', isEnforcing, 6_000);
  assert.equal(it.scheduler.state.config?.hash, prefixConfig('old').hash);
  assert.equal(it.scheduler.state.usesLastKnownGood, true);
});

test('without a config that worked a refusal latches until the config changes', async () => {
  const it = rig({ prepare: (world) => (world.faults = { refusesText: 'bad' }) });
  it.enforce(prefixConfig('bad'));
  await it.until('latched', ({ phase }) => phase === 'latched', 3_000);
  await it.advance(120_000);
  assert.equal(it.world.started.length, 1);
  it.enforce(prefixConfig('good'));
  await it.until('enforcing', isEnforcing, 5_000);
});

test('five failures latch; a reload releases, standing down does not', async () => {
  const it = rig({ prepare: (world) => (world.faults = { diesAfterMs: 500 }) });
  it.enforce(prefixConfig());
  await it.until('latched', ({ phase }) => phase === 'latched', 60_000);
  assert.equal(it.world.started.length, 5);
  assert.deepEqual([...new Set(it.exits.map((exit) => exit.class))], ['killed']);
  it.stock();
  assert.equal(it.scheduler.state.phase, 'stock');
  it.enforce(prefixConfig());
  assert.equal(it.scheduler.state.phase, 'latched');
  it.world.faults = {};
  it.scheduler.reload();
  await it.until('enforcing', isEnforcing, 5_000);
});

test('waits between failures grow, and are shown', async () => {
  const it = rig({ prepare: (world) => (world.faults = { diesAfterMs: 500 }) });
  it.enforce(prefixConfig());
  const waits: number[] = [];
  for (let index = 0; index < 4; index += 1) {
    await it.until('waiting', ({ phase }) => phase === 'waiting', 20_000);
    waits.push(Math.round(((it.scheduler.state.retryAt ?? 0) - it.clock.now()) / 1000));
    await it.until('started again', ({ phase }) => phase === 'starting', 20_000);
  }
  assert.deepEqual(waits, [1, 2, 4, 8]);
});

test('three ejections latch, though each came after a success', async () => {
  const it = rig({ prepare: (world) => (world.faults = { ejectedAfterMs: 100_000 }) });
  it.enforce(prefixConfig());
  await it.until('latched', ({ phase }) => phase === 'latched', 400_000);
  assert.deepEqual(
    it.exits.map((exit) => exit.class),
    ['ejected', 'ejected', 'ejected'],
  );
  assert.match(it.exits[0]?.detail ?? '', /runnable task stall/);
});

test('an ejection is told in the same words whether the kernel or the end of the child is seen first', async () => {
  const told = new Set<string>();
  // The kernel is read twice a second: each of these ejections falls on another moment between two looks.
  for (let ms = 1_000; ms < 1_500; ms += 20) {
    const it = rig({ prepare: (world) => (world.faults = { ejectedAfterMs: ms }) });
    it.enforce(prefixConfig());
    await it.until('ended', () => it.exits.length > 0, 10_000);
    told.add(`${it.exits[0]?.class}: ${it.exits[0]?.detail}`);
  }
  assert.deepEqual([...told], ['ejected: exit code 1: EXIT: runnable task stall (as the test wants it) on CPU 0']);
});

test('a success forgets the failures before it', async () => {
  const it = rig();
  it.enforce(prefixConfig());
  for (let index = 0; index < 8; index += 1) {
    await it.until('enforcing', isEnforcing, 20_000);
    await it.advance(61_000);
    it.world.kill();
    await it.until('noticed', ({ phase }) => phase !== 'enforcing', 3_000);
  }
  await it.until('enforcing still', isEnforcing, 20_000);
});

test('CPUs that come and go are no failure', async () => {
  const it = rig({ prepare: (world) => (world.faults = { hotplugAfterMs: 2_000 }) });
  it.enforce(prefixConfig());
  for (let index = 1; index <= 8; index += 1) {
    await it.until(
      `attached ${index}`,
      () => it.world.started.length === index && isEnforcing(it.scheduler.state),
      20_000,
    );
    await it.until('gone', ({ phase }) => phase === 'waiting', 5_000);
  }
  assert.deepEqual([...new Set(it.exits.map((exit) => exit.class))], ['hotplug']);
});

test("another's scheduler is left alone, reported, and followed when it goes", async () => {
  const it = rig({ prepare: ({ kernel }) => kernel.set({ state: 'enabled', ops: 'lavd_1.0', enableSeq: 4 }) });
  it.enforce(prefixConfig());
  await it.advance(5_000);
  assert.equal(it.scheduler.state.foreign, 'lavd_1.0');
  assert.equal(it.scheduler.state.phase, 'stock');
  assert.equal(it.world.started.length, 0);
  it.world.kernel.set({ state: 'disabled', ops: null });
  await it.until('enforcing', isEnforcing, 5_000);
});

test('an orphan of an earlier agent is ended before anything is started', async () => {
  let searches = 0;
  const it = rig({
    prepare: ({ kernel }) => kernel.set({ state: 'enabled', ops: 'layered_1.1.4', enableSeq: 4 }),
    orphans: {
      async end() {
        searches += 1;
        await Promise.resolve();
        it.clock.after(400, () => it.world.kernel.set({ state: 'disabled', ops: null }));
        return 1;
      },
    },
  });
  it.enforce(prefixConfig());
  await it.until('stock first', ({ phase }) => phase === 'stock', 2_000);
  await it.until('enforcing', isEnforcing, 5_000);
  assert.equal(searches, 1);
});

test("a scx_layered that is nobody's orphan is another's", async () => {
  const it = rig({ prepare: ({ kernel }) => kernel.set({ state: 'enabled', ops: 'layered_1.1.4', enableSeq: 4 }) });
  it.enforce(prefixConfig());
  await it.advance(10_000);
  assert.equal(it.scheduler.state.foreign, 'layered_1.1.4');
  assert.equal(it.world.started.length, 0);
});

test("another agent's scheduler that attaches while ours loads is reported, not taken for ours", async () => {
  const it = rig({ prepare: (world) => (world.faults = { startMs: 3_000 }) });
  it.enforce(prefixConfig());
  await it.until('starting', ({ phase }) => phase === 'starting', 1_000);
  const { enableSeq } = it.world.kernel.read();
  it.world.kernel.set({ state: 'enabled', ops: 'layered_1.1.4', enableSeq: (enableSeq ?? 0) + 1 });
  await it.until('reported', ({ foreign }) => foreign === 'layered_1.1.4', 10_000);
  assert.equal(it.scheduler.state.phase, 'stock');
  assert.equal(it.exits[0]?.class, 'not-attached');
  assert.equal(it.updates.length, 0);
});

test('starts are bounded, whatever they are for', async () => {
  const it = rig({ policy: { starts: { max: 4, windowMs: 60_000 } } });
  it.enforce(prefixConfig('0'));
  for (let index = 1; index <= 20; index += 1) {
    await it.advance(2_500);
    it.enforce(prefixConfig(`${index}`));
  }
  assert.equal(it.world.started.length, 4);
  assert.equal(it.scheduler.state.phase, 'enforcing', 'the old config stays in force meanwhile');
  await it.until('the newest, later', ({ config }) => config?.hash === prefixConfig('20').hash, 30_000);
});

test('want of descriptors never latches: it goes on trying, and enforces when there are some', async () => {
  const it = rig({ prepare: (world) => (world.faults = { spawnFails: 'spawn setpriv EMFILE' }) });
  it.enforce(prefixConfig());
  await it.until('many tries', () => it.world.started.length > 8, 600_000);
  assert.deepEqual(new Set(it.exits.map((exit) => exit.class)), new Set(['error']));
  it.world.faults = {};
  await it.until('enforcing', isEnforcing, 65_000);
});

test('a reload starts anew at once where the bound on starts is reached, and the bound begins again', async () => {
  const it = rig({ policy: { starts: { max: 2, windowMs: 600_000 } } });
  it.enforce(prefixConfig('0'));
  await it.until('enforcing', isEnforcing, 5_000);
  it.enforce(prefixConfig('1'));
  await it.until('enforcing anew', ({ config }) => config?.hash === prefixConfig('1').hash, 10_000);
  it.scheduler.reload();
  await it.until('ended', ({ phase }) => phase !== 'enforcing', 1_000);
  await it.until('enforcing after the reload', isEnforcing, 10_000);
  assert.equal(it.world.started.length, 3);
});

test('stop ends the child, proves stock and hears no more goals', async () => {
  const it = rig({ prepare: (world) => (world.faults = { hangsOnSigterm: true }) });
  it.enforce(prefixConfig());
  await it.until('enforcing', isEnforcing, 3_000);
  let hasStopped = false;
  const stopped = it.scheduler.stop().then(() => {
    hasStopped = true;
  });
  await it.advance(400);
  assert.equal(hasStopped, false);
  await it.advance(300);
  assert.equal(hasStopped, true);
  await stopped;
  assert.ok(isProvenStock(it));
  it.enforce(prefixConfig());
  await it.advance(5_000);
  assert.equal(it.world.alive, 0);
});

test('a deadline that passes while a step works is met at once, not at the next look', async () => {
  const it = rig();
  it.enforce(prefixConfig('a'));
  await it.until('enforcing', isEnforcing, 10_000);
  const { clock, world } = it;
  const standing = clock.monotonic.bind(clock);
  let late = 0;
  clock.monotonic = () => standing() + late;
  it.enforce(prefixConfig('b'));
  clock.advance(DEFAULT_POLICY.debounce.quietMs - 0.5);
  const { read } = world.kernel;
  world.kernel.read = () => {
    late = 1;
    return read();
  };
  // The same again, as the loop says it at each turn: a step half a millisecond before the change is due.
  it.enforce(prefixConfig('b'));
  clock.advance(5);
  assert.notEqual(it.scheduler.state.phase, 'enforcing', 'the restart is on its way');
});

/** A pod of the critical layer, and another one each time. */
const withPod = (change: number) =>
  memberConfig([
    [11n, 0],
    [BigInt(100 + change), 1],
  ]);

// The second: no look is over before the config that it is at has been replaced.
for (const lookMs of [0, 350]) {
  test(`live updates that never stop do not keep it from being proved by looks of ${lookMs} ms: it goes on enforcing`, async () => {
    const it = rig({ isPatched: true, lookMs });
    it.world.tasks = [{ path: 'kubepods/p1', ids: [11n, 21n], count: 3 }];
    it.enforce(memberConfig([[11n, 0]]));
    await it.until('enforcing', isEnforcing, 4_000);
    const before = it.updates.length;
    for (let change = 1; change <= 100; change += 1) {
      it.enforce(withPod(change), 'pods');
      await it.advance(300);
    }
    assert.deepEqual(it.exits, []);
    assert.equal(it.updates.length - before, 100);
    assert.equal(it.world.started.length, 1);
  });
}

test('threads in a wrong layer while changes never stop: ended when there was no proof for its time', async () => {
  const it = rig({ isPatched: true, lookMs: 350 });
  it.world.tasks = [{ path: 'kubepods/p1', ids: [11n, 21n], count: 3 }];
  it.enforce(memberConfig([[11n, 0]]));
  await it.until('enforcing', isEnforcing, 4_000);
  it.world.faults = { wrongLayers: true };
  for (let change = 1; change <= 50 && it.exits.length === 0; change += 1) {
    it.enforce(withPod(change), 'pods');
    await it.advance(300);
  }
  assert.equal(it.exits[0]?.class, 'wrong-layers');
});
