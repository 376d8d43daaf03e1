import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Desired } from '../../../agent/layers/desired.ts';
import { type AttachMemory, NO_MEMORY } from '../../../agent/reconcile/attach.ts';
import { decide } from '../../../agent/reconcile/decide.ts';
import type { Situation } from '../../../agent/reconcile/situation.ts';
import type { SchedulerConfig, SchedulerState } from '../../../agent/scheduler/scheduler.ts';
import { statusText } from '../../../agent/status.ts';

const config: SchedulerConfig = { layers: [], members: null, shape: 's', hash: 'h' };
const desired = { notices: [], hasProtected: true, refusal: null, demoted: false } as unknown as Desired;
const stock: SchedulerState = {
  phase: 'stock',
  config: null,
  generation: 0,
  lastExit: null,
  usesLastKnownGood: false,
  retryAt: null,
  foreign: null,
  unproven: null,
};
const enforcing: SchedulerState = { ...stock, phase: 'enforcing', config };
const whole: Situation = {
  now: 1_000_000,
  safeMode: { sources: [], reason: null },
  gate: { checks: [], refusal: null },
  isDisabled: false,
  podsSynced: true,
  cgroupProblem: null,
  desired,
  config,
  scheduler: enforcing,
  settings: { enforce: 'protected', holdMs: 60_000, attachesPerHour: 3 },
};

const says = (change: Partial<Situation>, memory: AttachMemory = NO_MEMORY) => {
  const { goal, status, protection } = decide({ ...whole, ...change }, memory);
  return [goal.want, statusText(status), protection];
};

test('with nothing in the way it enforces', () => {
  assert.deepEqual(says({}), ['enforce', 'enforcing', 'enforcing']);
  assert.deepEqual(says({ scheduler: stock }), ['enforce', 'starting', 'ready']);
});

test('a node that is not proven stock says so, whatever is wanted of it, and protects nothing', () => {
  const unproven = 'not proven stock: sched_ext is "disabling"';
  const scheduler: SchedulerState = { ...stock, phase: 'stopping', unproven };
  assert.deepEqual(says({ scheduler }), ['enforce', `degraded: ${unproven}`, 'none']);
  const nothing = { ...desired, hasProtected: false };
  assert.deepEqual(says({ scheduler, desired: nothing }), [
    'stock',
    `degraded: ${unproven}; nothing to protect`,
    'none',
  ]);
  const safeMode = { sources: ['host-file'], reason: 'file' } as const;
  assert.deepEqual(says({ scheduler, safeMode }), ['stock', `safe-mode: file; ${unproven}`, 'none']);
});

test('each doubt alone keeps the node on stock and says why', () => {
  const exit = { class: 'ejected', detail: 'RCU stall', at: 990_000 } as const;
  const cases: ReadonlyArray<[Partial<Situation>, string[]]> = [
    [{ safeMode: { sources: ['host-file'], reason: 'file' } }, ['stock', 'safe-mode: file', 'none']],
    [{ safeMode: { sources: ['not-read-yet'], reason: 'not read' } }, ['stock', 'starting: not read', 'ready']],
    [{ gate: null }, ['stock', 'starting: the node is being checked', 'ready']],
    [{ gate: { checks: [], refusal: 'sched-ext' } }, ['stock', 'unsupported: sched-ext', 'none']],
    [{ scheduler: { ...stock, foreign: 'lavd' } }, ['stock', 'unsupported: another scheduler runs: lavd', 'none']],
    [{ isDisabled: true }, ['stock', 'observing: the label temper.codes/enforce of the node is disabled', 'none']],
    [{ podsSynced: false }, ['stock', 'starting: pods not listed yet', 'ready']],
    [{ cgroupProblem: 'mismatch' }, ['stock', 'unsupported: cgroups: mismatch', 'none']],
    [{ desired: null }, ['stock', 'starting: layers not computed yet', 'ready']],
    [{ desired: { ...desired, refusal: 'r' } }, ['stock', 'degraded: r', 'none']],
    [
      { desired: { ...desired, refusal: 'r', notices: [{ id: 'limits-refuse', message: 'm' }] } },
      ['stock', 'observing: r', 'none'],
    ],
    [{ desired: { ...desired, hasProtected: false } }, ['stock', 'observing: nothing to protect', 'ready']],
    [{ config: { refused: 'x' } }, ['stock', 'degraded: the config is not valid: x', 'none']],
    [{ scheduler: { ...stock, phase: 'latched', lastExit: exit } }, ['enforce', 'degraded: latched: ejected', 'none']],
    [
      { scheduler: { ...stock, phase: 'waiting', lastExit: exit, retryAt: 998_000 } },
      ['enforce', 'starting: retry in 8 s after ejected', 'none'],
    ],
    [
      { desired: { ...desired, notices: [{ id: 'critical-demoted', message: 'needs 9 of 7' }] } },
      ['enforce', 'enforcing: critical demoted: needs 9 of 7', 'enforcing'],
    ],
  ];
  for (const [change, expected] of cases) assert.deepEqual(says(change), expected);
});

test('safe mode is urgent, and comes before every other word', () => {
  const { goal } = decide({ ...whole, safeMode: { sources: ['node-annotation'], reason: 'a' }, gate: null }, NO_MEMORY);
  assert.deepEqual(goal, { want: 'stock', reason: 'a', urgent: true });
});

test('enforce: always needs nothing to protect', () => {
  const settings = { ...whole.settings, enforce: 'always' } as const;
  assert.equal(says({ desired: { ...desired, hasProtected: false }, settings })[0], 'enforce');
});

test('after the last protected pod it stays attached for the hold time, then lets go', () => {
  const alone = { ...desired, hasProtected: false };
  let { memory } = decide(whole, NO_MEMORY);
  const at = (now: number) => {
    const decision = decide({ ...whole, desired: alone, now }, memory);
    memory = decision.memory;
    return decision.goal.want;
  };
  assert.equal(at(1_059_999), 'enforce');
  assert.equal(at(1_060_000), 'stock');
  assert.equal(at(1_060_001), 'stock', 'what was let go of is not held again');
});

test('a clock that was set back puts nothing off for longer than it would from then on', () => {
  const hour = 3_600_000;
  const settings = { ...whole.settings, attachesPerHour: 1 };
  const late = { ...whole, settings, now: 9 * hour };
  const { memory } = decide({ ...late, isDisabled: true }, decide(late, NO_MEMORY).memory);
  const first = decide({ ...late, now: 0 }, memory);
  assert.match(first.status.reason ?? '', /put off until 1970-01-01T01:00:00/);
  assert.equal(decide({ ...late, now: hour }, first.memory).goal.want, 'enforce');

  const alone = { ...whole, desired: { ...desired, hasProtected: false } };
  const held = decide({ ...alone, now: 0 }, decide({ ...whole, now: 9 * hour }, NO_MEMORY).memory);
  assert.equal(held.goal.want, 'enforce');
  assert.equal(decide({ ...alone, now: 60_000 }, held.memory).goal.want, 'stock');
});

test('no tenant flaps a node: attaches within any hour are bounded', () => {
  const steps = fc.array(fc.record({ wait: fc.nat(600_000), protects: fc.boolean() }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (list) => {
      const settings = { enforce: 'protected', holdMs: 0, attachesPerHour: 3 } as const;
      let now = 0;
      let memory = NO_MEMORY;
      const attached: number[] = [];
      for (const { wait, protects } of list) {
        now += wait;
        const before = memory.wished;
        const situation = { ...whole, now, settings, desired: { ...desired, hasProtected: protects } };
        const { goal, memory: next } = decide(situation, memory);
        memory = next;
        assert.equal(goal.want === 'enforce', next.wished);
        if (next.wished && !before) attached.push(now);
      }
      for (const [index, at] of attached.entries()) {
        const fourth = attached[index + 3];
        if (fourth !== undefined) assert.ok(fourth - at >= 3_600_000);
      }
    }),
  );
});
