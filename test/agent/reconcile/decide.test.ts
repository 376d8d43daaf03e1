import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Desired } from '../../../agent/layers/desired.ts';
import { type AttachMemory, NO_MEMORY } from '../../../agent/reconcile/attach.ts';
import { decide } from '../../../agent/reconcile/decide.ts';
import type { Situation } from '../../../agent/reconcile/situation.ts';
import type { SchedulerConfig, SchedulerState } from '../../../agent/scheduler/scheduler.ts';
import { statusText } from '../../../agent/status.ts';

const AT = 1_000_000;
const HOUR = 3_600_000;

const config: SchedulerConfig = { layers: [], members: null, shape: 's', hash: 'h' };
const desired = { notices: [], hasProtected: true, refusal: null, demoted: false } as unknown as Desired;
const stock: SchedulerState = {
  phase: 'stock',
  config: null,
  generation: 0,
  lastExit: null,
  usesLastKnownGood: false,
  incomplete: null,
  retryAt: null,
  foreign: null,
  unproven: null,
};
const enforcing: SchedulerState = { ...stock, phase: 'enforcing', config };
const whole: Situation = {
  now: AT,
  mono: 0,
  safeMode: { sources: [], reason: null },
  gate: { checks: [], refusal: null },
  isDisabled: false,
  podsSynced: true,
  cgroupProblem: null,
  crowd: null,
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
    [{ crowd: 'too many' }, ['stock', 'degraded: too many', 'none']],
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

test('a crowd is urgent, and a node with nothing to protect is not ready beside it', () => {
  const { goal } = decide({ ...whole, crowd: 'too many' }, NO_MEMORY);
  assert.deepEqual(goal, { want: 'stock', reason: 'too many', urgent: true });
  const alone = { ...desired, hasProtected: false };
  assert.deepEqual(says({ crowd: 'too many', desired: alone }), ['stock', 'observing: nothing to protect', 'none']);
});

test('enforce: always needs nothing to protect', () => {
  const settings = { ...whole.settings, enforce: 'always' } as const;
  assert.equal(says({ desired: { ...desired, hasProtected: false }, settings })[0], 'enforce');
});

test('after the last protected pod it stays attached for the hold time, then lets go, whatever the wall clock does', () => {
  const alone = { ...desired, hasProtected: false };
  let { memory } = decide(whole, NO_MEMORY);
  const at = (mono: number, now: number) => {
    const decision = decide({ ...whole, desired: alone, mono, now }, memory);
    memory = decision.memory;
    return decision.goal.want;
  };
  assert.equal(at(59_999, AT + 9 * HOUR), 'enforce');
  assert.equal(at(60_000, 0), 'stock');
  assert.equal(at(60_001, 0), 'stock', 'what was let go of is not held again');
});

test('the wall clock neither frees the bound on attaches nor makes it last; the time that is shown stands still', () => {
  const settings = { ...whole.settings, holdMs: 0, attachesPerHour: 1 };
  const alone = { ...desired, hasProtected: false };
  let { memory } = decide({ ...whole, settings }, NO_MEMORY);
  const next = (change: Partial<Situation>) => {
    const decision = decide({ ...whole, settings, ...change }, memory);
    memory = decision.memory;
    return statusText(decision.status);
  };
  assert.match(next({ mono: 1, desired: alone }), /nothing to protect/);
  const putOff = next({ mono: 1_000, now: AT + 1_000 });
  assert.match(putOff, /put off until 1970-01-01T01:16:40.000Z/);
  assert.equal(next({ mono: 2_000, now: AT + 2_001 }), putOff, 'else it would be written each second');
  assert.match(next({ mono: 3_000, now: AT + 9 * HOUR }), /put off until 1970-01-01T10:16:37/);
  assert.match(next({ mono: HOUR - 1, now: 0 }), /put off/);
  assert.match(next({ mono: HOUR, now: 0 }), /enforcing/);
});

/** What it attaches as often as it likes after, since no pod can bring it about. */
const BY_THE_HOST: ReadonlyArray<Partial<Situation>> = [
  { safeMode: { sources: ['node-annotation'], reason: 'asked for' } },
  { gate: { checks: [], refusal: 'CPU 3 offline' } },
  { scheduler: { ...stock, foreign: 'lavd' } },
  { isDisabled: true },
];
const BY_PODS: ReadonlyArray<Partial<Situation>> = [
  { desired: { ...desired, hasProtected: false } },
  { desired: { ...desired, refusal: 'r' } },
  { config: { refused: 'x' } },
  { cgroupProblem: 'mismatch' },
  { crowd: 'too many' },
];

test('only what pods can bring about counts for the bound: an operator may come and go', () => {
  const settings = { ...whole.settings, holdMs: 0 };
  const reasonsAfter = (change: Partial<Situation>, between: Partial<Situation> = {}) => {
    let { memory } = decide({ ...whole, settings }, NO_MEMORY);
    let status = '';
    for (let times = 0; times < 3; times += 1) {
      for (const situation of [change, between, {}]) {
        const decision = decide({ ...whole, settings, ...situation }, memory);
        memory = decision.memory;
        status = statusText(decision.status);
      }
    }
    return status;
  };
  for (const change of BY_THE_HOST) assert.equal(reasonsAfter(change), 'enforcing');
  for (const change of BY_PODS) {
    assert.match(reasonsAfter(change), /^degraded: attached 3 times within an hour/);
    const hidden = reasonsAfter(change, BY_THE_HOST[0]);
    assert.match(hidden, /^degraded: attached 3 times/, 'safe mode in between makes nothing of it');
  }
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
        const situation = { ...whole, mono: now, settings, desired: { ...desired, hasProtected: protects } };
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
