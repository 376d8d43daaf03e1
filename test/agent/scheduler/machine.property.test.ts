import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Event, initial, type Machine, type Moment } from '../../../agent/scheduler/machine/state.ts';
import { step } from '../../../agent/scheduler/machine/step.ts';
import { view } from '../../../agent/scheduler/machine/view.ts';
import { wakeIn } from '../../../agent/scheduler/machine/wake.ts';
import { DEFAULT_POLICY } from '../../../agent/scheduler/policy.ts';
import type { KernelReading } from '../../../agent/scheduler/ports.ts';
import { memberConfig, prefixConfig } from './support.ts';

/** Any news in any order, whether or not a world could bring it: the rules of the machine hold by themselves. */
const CONFIGS = [prefixConfig('a'), memberConfig([[1n, 0]]), memberConfig([[1n, 1]]), memberConfig([[2n, 1]])];

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

const control = fc.constantFrom(
  { kind: 'applied' as const },
  { kind: 'applied' as const },
  { kind: 'refused' as const, reason: 'r' },
  { kind: 'unknown' as const, reason: 'u' },
);

/** `late`: of an earlier child. */
const event = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ type: 'tick' as const }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('goal' as const), goal }) },
  { weight: 1, arbitrary: fc.constant({ type: 'reload' as const }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('exited' as const), late: fc.boolean(), exit }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('statistics' as const),
      late: fc.constantFrom(false, false, false, true),
      outcome,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('controlled' as const),
      late: fc.constantFrom(false, false, false, true),
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

function phaseFits(after: Machine): void {
  const { phase, child, goal } = after;
  if (RESTING.has(phase)) assert.equal(child, null);
  if (child === null) assert.ok(RESTING.has(phase) || phase === 'stopping');
  if (goal.want === 'stock') assert.ok(phase === 'stock' || phase === 'stopping', phase);
  if (goal.want === 'stock' && child !== null) assert.notEqual(child.stopping, null);
  if (phase === 'enforcing' || phase === 'updating') assert.notEqual(child?.provenAt ?? null, null);
  else assert.equal(view(after, 'x').config, null);
}

function holdsAlways(before: Machine, after: Machine, at: Moment, effects: readonly { type: string }[]): void {
  const spawns = effects.filter(({ type }) => type === 'spawn').length;
  assert.ok(effects.length <= 10, `${effects.length} effects`);
  assert.ok(spawns <= 1);
  if (spawns === 1) {
    assert.ok(before.child === null || effects.some(({ type }) => type === 'exit'), 'a second child');
    assert.equal(after.goal.want, 'enforce');
    assert.equal(after.latch, null);
    assert.ok(at.kernel.state === 'disabled' || at.kernel.state === 'absent', `started while ${at.kernel.state}`);
    assert.ok(after.retryAt === null);
  }
  phaseFits(after);
  const attached = effects.some((effect) => effect.type === 'update' && 'kind' in effect && effect.kind === 'restart');
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

function asEvent(drawn: { type: string; late?: boolean }, { serial, child }: Machine): Event {
  const { late, ...rest } = drawn;
  const named = late === undefined ? rest : { ...rest, serial: late ? serial - 1 : serial };
  const text = JSON.stringify(named, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
  if (!text.includes(`"${CURRENT}"`)) return named as Event;
  return JSON.parse(text.replace(`"${CURRENT}"`, JSON.stringify(child?.config.hash ?? ''))) as Event;
}

/** What a kernel would say that goes along with the machine. */
function willing({ child, phase }: Machine, seq: number): KernelReading {
  const on = child !== null && phase !== 'stopping';
  return {
    state: on ? 'enabled' : 'disabled',
    ops: on ? 'layered_1.1.4' : null,
    enableSeq: on ? seq + 1 : seq,
    hotplugSeq: 0,
    nrRejected: 0,
  };
}

test('rules that hold after any events in any order', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(turn, { minLength: 40, maxLength: 160 }), (turns) => {
      let machine = initial(null, 0, 0);
      let mono = 0;
      let seq = 0;
      for (const drawn of turns) {
        mono += drawn.ms;
        if (machine.child === null) seq = machine.serial;
        const at = { wall: mono, mono, chance: drawn.chance, kernel: drawn.kernel ?? willing(machine, seq) };
        const { state, effects } = step(machine, asEvent(drawn.event, machine), at, DEFAULT_POLICY);
        holdsAlways(machine, state, at, effects);
        machine = state;
        seen.add(machine.phase);
      }
    }),
    { numRuns: 1_500 },
  );
  assert.equal(seen.size, 8, `phases reached: ${[...seen]}`);
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
      let machine = initial(null, 0, 0);
      let mono = 0;
      for (const drawn of turns) {
        mono += drawn.ms;
        const moment = { ...at, mono, chance: drawn.chance, kernel: drawn.kernel ?? willing(machine, machine.serial) };
        machine = step(machine, asEvent(drawn.event, machine), moment, DEFAULT_POLICY).state;
      }
      const moment = { ...at, mono, kernel: willing(machine, machine.serial) };
      const tick = step(machine, { type: 'tick' }, moment, DEFAULT_POLICY);
      const stale = step(machine, { type: 'exited', serial: machine.serial - 1, exit: late }, moment, DEFAULT_POLICY);
      assert.deepEqual(stale, tick);
    }),
  );
});
