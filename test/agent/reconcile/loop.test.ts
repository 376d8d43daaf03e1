import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LAYER_SETTINGS } from '../../../agent/layers/settings.ts';
import { createLoop } from '../../../agent/reconcile/loop.ts';
import type {
  Matching,
  Scheduler,
  SchedulerConfig,
  SchedulerGoal,
  SchedulerState,
} from '../../../agent/scheduler/scheduler.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { machineOf, podOf, treeOf } from '../layers/builders.ts';
import { STOCK } from '../views/known.ts';
import { fakeCgroups, fakePods, fakeSafeMode } from './support.ts';

const CART = podOf({ uid: '1', tier: 'critical' });

/** A loop that has nothing to wait for any more; `turns` counts from then on. */
async function rig({ matching = 'membership' }: { matching?: Matching } = {}) {
  const clock = new FakeClock();
  const pods = fakePods([CART]);
  const cgroups = fakeCgroups(treeOf([CART]));
  const safeMode = fakeSafeMode();
  const goals: SchedulerGoal[] = [];
  const tell: Array<(state: SchedulerState) => void> = [];
  let state = STOCK;
  const scheduler: Scheduler = {
    get state() {
      return state;
    },
    pursue: (goal) => void goals.push(goal),
    reload: () => {},
    subscribe: (listener) => void tell.push(listener),
    stop: () => Promise.resolve(),
  };
  const report = { checks: [], refusal: null as string | null };
  const cpus = { online: '0-7' };
  let turns = 0;
  const loop = createLoop({
    clock,
    pods,
    cgroups,
    safeMode,
    scheduler,
    gate: () => Promise.resolve({ ...report }),
    machine: () => ({ machine: machineOf(8), offline: [] }) as never,
    crowd: () => null,
    cpus: () => cpus.online,
    matching,
    self: null,
    settings: () => ({ enforce: 'protected', holdMs: 1_000, attachesPerHour: 3, layers: DEFAULT_LAYER_SETTINGS }),
    turned: () => {
      turns += 1;
    },
  });
  loop.start();
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(0);
  turns = 0;
  const news = () => {
    for (const listener of tell) listener(STOCK);
  };
  const inForce = (config: SchedulerConfig) => {
    state = { ...STOCK, config };
  };
  return { clock, pods, cgroups, safeMode, goals, report, cpus, loop, news, inForce, turns: () => turns };
}

test('each news is followed by one turn, and many at once by one', async () => {
  const it = await rig();
  const news: ReadonlyArray<[string, () => void]> = [
    ['pods', () => it.pods.tell([CART])],
    ['cgroups', () => it.cgroups.find(treeOf([CART]))],
    ['the Node', () => it.safeMode.see({})],
    ['the scheduler', it.news],
    ['a poke', it.loop.poke],
  ];
  for (const [what, happens] of news) {
    const before = it.turns();
    for (let times = 0; times < 100; times += 1) happens();
    it.clock.advance(0);
    assert.equal(it.turns() - before, 1, what);
  }
});

test('safe mode does not wait for its turn', async () => {
  const it = await rig();
  assert.equal(it.goals.at(-1)?.want, 'enforce');
  it.safeMode.hold('host-file', true);
  assert.deepEqual(it.goals.at(-1), { want: 'stock', reason: 'asked for by host-file', urgent: true });
});

test('the gate is asked again every ten seconds: a node becomes unfit, and fit, while the agent runs', async () => {
  const it = await rig();
  for (const refusal of ['CPU 3 offline', null]) {
    it.report.refusal = refusal;
    it.clock.advance(10_000);
    await new Promise((resolve) => setImmediate(resolve));
    it.clock.advance(0);
    assert.equal(it.goals.at(-1)?.want, refusal === null ? 'enforce' : 'stock');
  }
});

test('CPUs that come or go do not wait for the ten seconds, and news of the scheduler do not wait for a second', async () => {
  const it = await rig();
  Object.assign(it.report, { refusal: 'CPU 7 offline' });
  it.cpus.online = '0-6';
  it.news();
  assert.deepEqual(it.goals.at(-1), { want: 'stock', reason: 'the node is being checked', urgent: false });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(it.goals.at(-1), { want: 'stock', reason: 'CPU 7 offline', urgent: false });
  Object.assign(it.report, { refusal: null });
  it.cpus.online = '0-7';
  it.clock.advance(1_000);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(it.goals.at(-1)?.want, 'enforce');
});

test('the hold ends by itself', async () => {
  const it = await rig();
  it.pods.tell([]);
  it.clock.advance(999);
  assert.equal(it.goals.at(-1)?.want, 'enforce');
  it.clock.advance(1);
  assert.equal(it.goals.at(-1)?.want, 'stock');
});

test('it asks for a scan while the cgroup of a pod is not found, and not else', async () => {
  const it = await rig();
  const before = it.cgroups.asked;
  it.loop.turn();
  assert.equal(it.cgroups.asked, before);
  it.pods.tell([CART, podOf({ uid: '2' })]);
  it.clock.advance(0);
  assert.equal(it.cgroups.asked, before + 1);
});

test('it knows where each of its configs puts the pods, and of no other config', async () => {
  const it = await rig();
  const goal = it.goals.at(-1);
  assert.ok(goal?.want === 'enforce');
  it.pods.tell([]);
  it.clock.advance(0);
  assert.deepEqual(
    it.loop.placementsOf(goal.config)?.map(({ uid, layer }) => [uid, layer]),
    [['1', 'critical-fenced']],
  );
  assert.equal(it.loop.placementsOf({ ...goal.config, members: new Map(goal.config.members ?? []) }), undefined);
});

test('a pod for which the config need not change is in its layer by the config in force, and gone from it when it goes', async () => {
  const it = await rig({ matching: 'prefixes' });
  const late = podOf({ uid: '2', requestMilli: 0, specMilli: 0 });
  const first = it.goals.at(-1);
  assert.ok(first?.want === 'enforce');
  it.inForce(first.config);
  const placed = () => it.loop.placementsOf(first.config)?.map(({ uid, layer }) => [uid, layer]);
  for (const [pods, expected] of [
    [
      [CART, late],
      [
        ['1', 'critical-fenced'],
        ['2', 'normal'],
      ],
    ],
    [[CART], [['1', 'critical-fenced']]],
  ] as const) {
    it.cgroups.find(treeOf(pods));
    it.pods.tell([...pods]);
    it.clock.advance(0);
    const goal = it.goals.at(-1);
    assert.ok(goal?.want === 'enforce' && goal.config !== first.config);
    assert.equal(goal.config.hash, first.config.hash);
    assert.deepEqual(placed(), expected);
  }
});

test('a loop that was stopped leaves no timer and turns no more', async () => {
  const it = await rig();
  it.loop.poke();
  it.loop.stop();
  const before = it.turns();
  it.pods.tell([]);
  it.loop.turn();
  assert.deepEqual(it.clock.pending, []);
  assert.equal(it.turns(), before);
});
