import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Effect, type Event, initial, type Machine, type Moment } from '../../../agent/scheduler/machine/state.ts';
import { step } from '../../../agent/scheduler/machine/step.ts';
import { view } from '../../../agent/scheduler/machine/view.ts';
import { wakeIn } from '../../../agent/scheduler/machine/wake.ts';
import { DEFAULT_POLICY } from '../../../agent/scheduler/policy.ts';
import type { KernelReading } from '../../../agent/scheduler/ports.ts';
import { memberConfig, prefixConfig } from './support.ts';

/** Any news in any order, whether or not a world could bring it: the rules of the machine hold by themselves. */
const CONFIGS = [
  prefixConfig('a'),
  memberConfig([[1n, 0]]),
  memberConfig([[1n, 1]]),
  memberConfig([[2n, 1]]),
  memberConfig([[1n, 0]], '', 'other-shape'),
];

const kernel: fc.Arbitrary<KernelReading> = fc.record({
  state: fc.constantFrom('disabled', 'disabled', 'enabled', 'enabled', 'enabling', 'disabling', 'absent', 'unknown'),
  ops: fc.constantFrom('layered_1.1.4', 'layered_1.1.4', 'lavd', null),
  enableSeq: fc.option(fc.nat(20), { freq: 10 }),
  hotplugSeq: fc.constantFrom(0, 0, 0, 0, 1, null),
  nrRejected: fc.constant(0),
});

const goal = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      want: fc.constant('enforce' as const),
      config: fc.constantFrom(...CONFIGS),
      cause: fc.constantFrom('x', 'y'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ want: fc.constant('stock' as const), reason: fc.constant('r'), urgent: fc.boolean() }),
  },
);

const exit = fc.record({
  code: fc.constantFrom(0, 1, 2, 101, 137, null),
  signal: fc.constantFrom(null, 'SIGKILL' as const),
  failure: fc.constantFrom(null, null, null, 'ENOENT'),
  output: fc.constantFrom('', 'EXIT: stall', 'Error: spec', 'Error: BTF'),
});

/** The hash of the config that the child has. */
const CURRENT = 'current';

const outcome = fc.oneof(
  fc.record({
    ok: fc.constant(true as const),
    wrong: fc.constantFrom(null, null, null, 'wrong'),
    hash: fc.constantFrom(CURRENT, CURRENT, CURRENT, 'other'),
  }),
  fc.record({ ok: fc.constant(false as const), reason: fc.constant('silent') }),
);

const APPLIED = { kind: 'applied', members: 0, layers: 0, missing: null, refused: null, takesNumbers: true } as const;

const control = fc.constantFrom(
  APPLIED,
  APPLIED,
  { ...APPLIED, takesNumbers: false },
  { ...APPLIED, missing: { reason: 'm', cgroups: new Set([1n]) }, members: 1 },
  { ...APPLIED, refused: 'r' },
  { kind: 'refused' as const, reason: 'r' },
  { kind: 'unknown' as const, reason: 'u' },
);

/** Of the child, of the standby where there is one, or of an earlier one. */
type Whose = 'child' | 'standby' | 'late';
const whose = (...names: Whose[]) => fc.constantFrom(...names);

const event = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ type: 'tick' as const }) },
  { weight: 12, arbitrary: fc.constant({ type: 'next' as const }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('goal' as const), goal }) },
  { weight: 1, arbitrary: fc.constant({ type: 'reload' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('exited' as const), of: whose('child', 'standby', 'late'), exit }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('weighed' as const),
      of: whose('standby', 'standby', 'standby', 'late'),
      shortage: fc.constantFrom(null, null, null, null, 'short'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('ready' as const), of: whose('standby', 'standby', 'child', 'late') }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('statistics' as const),
      of: whose('child', 'child', 'child', 'child', 'standby', 'late'),
      outcome,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('controlled' as const),
      of: whose('child', 'child', 'child', 'standby', 'late'),
      outcome: control,
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('swept' as const), ended: fc.nat(2) }) },
);

/** Mostly the kernel follows what the machine does, so that it gets somewhere. */
const turn = fc.record({
  event,
  kernel: fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: kernel }),
  ms: fc.oneof(
    { weight: 8, arbitrary: fc.nat(300) },
    { weight: 3, arbitrary: fc.nat(5_000) },
    { weight: 1, arbitrary: fc.nat(200_000) },
  ),
  chance: fc.double({ min: 0, max: 0.999, noNaN: true }),
});

const RESTING = new Set(['stock', 'waiting', 'latched']);
const IN_FORCE = new Set(['enforcing', 'updating', 'handing-over']);

function phaseFits(after: Machine): void {
  const { phase, child, goal } = after;
  if (RESTING.has(phase)) assert.equal(child, null);
  if (child === null) assert.ok(RESTING.has(phase) || phase === 'stopping');
  if (goal.want === 'stock') assert.ok(phase === 'stock' || phase === 'stopping', phase);
  if (goal.want === 'stock' && child !== null) assert.notEqual(child.stopping, null);
  if (IN_FORCE.has(phase)) assert.notEqual(child?.provenAt ?? null, null);
  else assert.equal(view(after, 'x').config, null);
}

/** What waits for the node follows somebody who had it, or is being ended. */
function standbyFits({ phase, child, standby, goal }: Machine): void {
  if (standby === null) {
    assert.notEqual(phase, 'handing-over');
    return;
  }
  assert.ok(IN_FORCE.has(phase) || phase === 'stopping', phase);
  if (goal.want === 'stock' || child === null) assert.notEqual(standby.killAt, null);
  assert.equal(phase === 'handing-over', standby.killAt === null && child?.stopping === null);
}

/** One update at a time, of a process that is attached and wanted; who is not proven is told what it has, and asked first. */
function liveFits(before: Machine, after: Machine, at: Moment, effects: readonly Effect[]): void {
  const told = effects.filter(({ type }) => type === 'control') as Array<Effect & { type: 'control' }>;
  assert.ok(told.length <= 1);
  const [update] = told;
  if (update === undefined) return;
  const { child, goal } = after;
  const wasOpen = before.child?.serial === child?.serial ? (before.child?.control ?? null) : null;
  if (wasOpen !== null && child?.control === wasOpen) assert.fail('a second update');
  assert.equal(update.serial, child?.serial);
  assert.equal(goal.want, 'enforce');
  assert.equal(child?.stopping, null);
  assert.equal(update.to.shape, child?.config.shape);
  if (child?.provenAt === null || (child?.unanswered ?? 0) > 0) assert.equal(update.from, null);
  if (update.from !== null) assert.equal(update.from.hash, child?.config.hash);
  assert.ok((child?.control?.deadline ?? 0) > at.mono);
}

function holdsAlways(before: Machine, after: Machine, at: Moment, effects: readonly Effect[]): void {
  const spawned = effects.filter(({ type }) => type === 'spawn') as Array<Effect & { type: 'spawn' }>;
  const spawns = spawned.length;
  assert.ok(effects.length <= 10, `${effects.length} effects`);
  assert.ok(spawns <= 1);
  if (spawned[0]?.standsBy) {
    assert.ok(before.canHandOver);
    assert.notEqual(before.child?.provenAt ?? null, null, 'beside one that is not proven');
    assert.ok(before.standby?.stage === 'weighing' && after.standby?.stage === 'loading', 'a second standby');
  } else if (spawns === 1) {
    assert.equal(after.standby, null);
    assert.ok(before.child === null || effects.some(({ type }) => type === 'exit'), 'a second child');
    assert.equal(after.goal.want, 'enforce');
    assert.equal(after.latch, null);
    assert.ok(at.kernel.state === 'disabled' || at.kernel.state === 'absent', `started while ${at.kernel.state}`);
    assert.ok(after.retryAt === null);
  }
  phaseFits(after);
  standbyFits(after);
  liveFits(before, after, at, effects);
  const attached = effects.some((effect) => effect.type === 'update' && effect.kind !== 'live');
  if (attached)
    assert.ok(at.kernel.state === 'enabled' && at.kernel.ops?.startsWith('layered_'), 'proven without a kernel');
  if (attached && after.child !== null) assert.equal(at.kernel.enableSeq, after.child.seq);
  assert.ok(after.generation >= before.generation && after.generation <= before.generation + 1);
  assert.ok(after.serial >= before.serial);
  assert.ok(
    after.refused.length <= 32 && after.failures.length <= 16 && after.starts.length <= DEFAULT_POLICY.starts.max,
  );
  assert.notEqual(after.reason, '');
  const wake = wakeIn(after, at.mono, DEFAULT_POLICY);
  assert.ok(wake > 0 && wake <= 1_000, `${wake}`);
}

/** What the machine waits for, so that it gets somewhere. */
function nextFor({ child, standby, sweep }: Machine): Event {
  const ended = { code: null, signal: 'SIGKILL', failure: null, output: '' } as const;
  if (sweep !== null && sweep !== 'due') return { type: 'swept', ended: 0 };
  if (standby !== null) {
    const { serial } = standby;
    if (standby.killAt !== null) return { type: 'exited', serial, exit: ended };
    if (standby.stage === 'weighing') return { type: 'weighed', serial, shortage: null };
    if (standby.stage === 'loading') return { type: 'ready', serial };
  }
  if (child === null) return { type: 'tick' };
  const { serial, config } = child;
  if (child.stopping !== null) return { type: 'exited', serial, exit: ended };
  if (child.control !== null) return { type: 'controlled', serial, outcome: APPLIED };
  return { type: 'statistics', serial, outcome: { ok: true, wrong: null, hash: config.hash } };
}

function asEvent(drawn: { type: string; of?: Whose }, machine: Machine): Event {
  if (drawn.type === 'next') return nextFor(machine);
  const { child, standby } = machine;
  const { of, ...rest } = drawn;
  const serials = { child: child?.serial ?? NOBODY, standby: standby?.serial ?? NOBODY, late: NOBODY };
  const named = of === undefined ? rest : { ...rest, serial: serials[of] };
  const text = JSON.stringify(named, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
  if (!text.includes(`"${CURRENT}"`)) return named as Event;
  return JSON.parse(text.replace(`"${CURRENT}"`, JSON.stringify(child?.config.hash ?? ''))) as Event;
}

/** The serial number of no process. */
const NOBODY = -1;

/** What a kernel would say that goes along with the machine: each process attaches as soon as the node is its. */
function willing({ child, phase, serial }: Machine): KernelReading {
  const on = child !== null && phase !== 'stopping';
  return {
    state: on ? 'enabled' : 'disabled',
    ops: on ? 'layered_1.1.4' : null,
    enableSeq: on ? child.serial : serial,
    hotplugSeq: 0,
    nrRejected: 0,
  };
}

/** Rounds until so many phases and ways have been reached: chance leaves one out now and then. */
const MAX_ROUNDS = 5;

function holdAfterAny(canHandOver: boolean, reached: number): Set<string> {
  const seen = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS && seen.size < reached; round += 1) holdOnce(canHandOver, seen);
  assert.equal(seen.size, reached, `reached: ${[...seen]}`);
  return seen;
}

function holdOnce(canHandOver: boolean, seen: Set<string>): void {
  fc.assert(
    fc.property(fc.array(turn, { minLength: 40, maxLength: 160 }), (turns) => {
      let machine = initial(null, 0, 0, canHandOver);
      let mono = 0;
      for (const drawn of turns) {
        mono += drawn.ms;
        const at = { wall: mono, mono, chance: drawn.chance, kernel: drawn.kernel ?? willing(machine) };
        const { state, effects } = step(machine, asEvent(drawn.event, machine), at, DEFAULT_POLICY);
        holdsAlways(machine, state, at, effects);
        machine = state;
        seen.add(machine.phase);
        for (const effect of effects) if (effect.type === 'update') seen.add(`by ${effect.kind}`);
      }
    }),
    { numRuns: 1_500 },
  );
}

const WAYS = ['by live', 'by restart'];

test('rules that hold after any events in any order', () => {
  const seen = holdAfterAny(false, 8 + WAYS.length);
  for (const way of WAYS) assert.ok(seen.has(way));
});

test('the same where the binary can stand by: at most one standby, beside one that was proven, and never while stock is wanted', () => {
  const seen = holdAfterAny(true, 9 + WAYS.length + 1);
  for (const way of [...WAYS, 'by handover']) assert.ok(seen.has(way));
});

test('news of an earlier child change nothing but the time', () => {
  const at = {
    wall: 0,
    mono: 0,
    chance: 0,
    kernel: { state: 'disabled', ops: null, enableSeq: 0, hotplugSeq: 0, nrRejected: 0 },
  } as const;
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 60 }), exit, (turns, late) => {
      let machine = initial(null, 0, 0, true);
      let mono = 0;
      for (const drawn of turns) {
        mono += drawn.ms;
        const moment = { ...at, mono, chance: drawn.chance, kernel: drawn.kernel ?? willing(machine) };
        machine = step(machine, asEvent(drawn.event, machine), moment, DEFAULT_POLICY).state;
      }
      const moment = { ...at, mono, kernel: willing(machine) };
      const tick = step(machine, { type: 'tick' }, moment, DEFAULT_POLICY);
      const stale = step(machine, { type: 'exited', serial: NOBODY, exit: late }, moment, DEFAULT_POLICY);
      assert.deepEqual(stale, tick);
    }),
  );
});
