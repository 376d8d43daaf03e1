import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Publisher, Wanted } from '../../../agent/publish/publish.ts';
import type { LoopView } from '../../../agent/reconcile/loop.ts';
import { createPublishing } from '../../../agent/reconcile/publishing.ts';
import type { AgentStatus } from '../../../agent/status.ts';
import { CONFIG_GENERATION } from '../../../src/model/keys.ts';
import type { TierLoad } from '../../../src/model/tier-load.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { knownOf, PODS, STOCK } from '../views/known.ts';
import { fakePods, fakeSafeMode } from './support.ts';

function rig() {
  const clock = new FakeClock();
  const pods = fakePods(PODS);
  const safeMode = fakeSafeMode();
  const wanted: Wanted[] = [];
  const events: string[] = [];
  const told = {
    measured: { usedMilliByTier: { critical: 1_600 }, pressureSome10: 0 },
    isOurs: true,
    scheduler: { ...STOCK, generation: 3 },
  };
  const publisher: Publisher = {
    want: (wish) => void wanted.push(wish),
    observe: () => {},
    lastWrittenAt: null,
    qosOverrides: undefined,
    flush: () => Promise.resolve(true),
    stop: () => Promise.resolve(),
  };
  const publishing = createPublishing({
    isOurs: () => told.isOurs,
    publisher,
    events: { emit: ({ reason }) => void events.push(reason), stop: () => Promise.resolve() },
    pods,
    safeMode,
    overrides: () => null,
    measured: () => told.measured,
    scheduler: () => told.scheduler,
    version: '0.1.0+scx.1.1.4',
    heartbeatMs: () => 300_000,
    reserveCores: () => 1,
    now: clock.now.bind(clock),
  });
  return { clock, pods, safeMode, wanted, events, told, publishing };
}

function viewOf(status: AgentStatus = { word: 'enforcing', reason: null }, change: Partial<LoopView> = {}): LoopView {
  const { turn } = knownOf();
  assert.ok(turn);
  return { ...turn, decision: { ...turn.decision, status }, ...change };
}

test('before the Node was read nothing is written, though the agent knows its status', () => {
  const { publishing, safeMode, wanted } = rig();
  publishing.say(viewOf());
  assert.deepEqual(wanted, []);
  assert.equal(publishing.status.word, 'enforcing');
  safeMode.see({});
  publishing.say(viewOf());
  assert.equal(wanted.length, 1);
});

test('the generation goes on from what an earlier agent reached, and follows no later text', () => {
  const cases: ReadonlyArray<[string | undefined, number]> = [
    ['41', 44],
    [undefined, 3],
    ['-1', 3],
    ['1e9', 3],
    ['9999999999999999', 3],
  ];
  for (const [text, generation] of cases) {
    const { publishing, safeMode, wanted } = rig();
    safeMode.see({ own: text === undefined ? {} : { [CONFIG_GENERATION]: text } });
    safeMode.see({ own: { [CONFIG_GENERATION]: '700' } });
    publishing.say(viewOf());
    assert.equal(wanted[0]?.generation, generation, text);
    assert.equal(publishing.generation, generation);
  }
});

test('a load is told once pods and machine are known', () => {
  const { publishing, pods } = rig();
  const told = (): TierLoad | null => publishing.load;
  pods.synced = false;
  publishing.say(viewOf());
  assert.equal(told(), null);
  pods.synced = true;
  publishing.say(viewOf(undefined, { machine: null }));
  assert.equal(told(), null);
  publishing.say(viewOf());
  const load = told();
  assert.deepEqual(load?.tiers.critical, { pods: 1, requestMilli: 2000, usedMilli: 1600 });
  assert.equal(load?.protection, 'enforcing');
});

test('the load is the same as long as all is that it goes by, and another one after that', () => {
  const { publishing, pods, told, clock } = rig();
  const same = viewOf();
  const say = (view = same): TierLoad | null => {
    clock.advance(1_000);
    publishing.say(view);
    return publishing.load;
  };
  const first = say();
  assert.equal(say(), first);
  told.measured = { ...told.measured, pressureSome10: 50 };
  assert.equal(say()?.pressureSome10, 50);
  pods.tell([]);
  assert.equal(say()?.tiers.critical.pods, 0);
  const { decision } = viewOf();
  assert.equal(say(viewOf(undefined, { decision: { ...decision, protection: 'none' } }))?.protection, 'none');
});

test('an agent that ends takes back what its Node says of protection', async () => {
  const { publishing, safeMode, wanted } = rig();
  await publishing.leave();
  assert.equal(wanted.length, 0, 'the Node was never read');
  safeMode.see({});
  publishing.say(viewOf());
  await publishing.leave();
  assert.deepEqual(wanted.at(-1)?.status, { word: 'observing', reason: 'the agent has ended' });
  assert.deepEqual(
    wanted.map(({ load }) => load?.protection),
    ['enforcing', 'none'],
  );
});

test('since when tells when the word changed, not the reason', () => {
  const { publishing, clock } = rig();
  const start = clock.now();
  const says = (status: AgentStatus): number => {
    clock.advance(1_000);
    publishing.say(viewOf(status));
    return publishing.since - start;
  };
  assert.equal(says({ word: 'degraded', reason: 'a' }), 1_000);
  assert.equal(says({ word: 'degraded', reason: 'b' }), 1_000);
  assert.equal(says({ word: 'enforcing', reason: null }), 3_000);
});

test('what people should hear of is an Event when it begins and when it is over, once', () => {
  const { publishing, safeMode, events, told } = rig();
  const exit = { class: 'ejected', detail: 'stall', at: 1 } as const;
  const steps: ReadonlyArray<[() => void, string[]]> = [
    [() => {}, []],
    [() => safeMode.hold('host-file', true), ['SafeModeEntered']],
    [() => {}, []],
    [() => safeMode.hold('host-file', false), ['SafeModeLeft']],
    [() => Object.assign(told, { scheduler: { ...STOCK, lastExit: exit } }), ['SchedulerEjected']],
    [() => Object.assign(told, { scheduler: { ...STOCK, phase: 'latched', lastExit: exit } }), ['EnforcementLatched']],
    [() => Object.assign(told, { scheduler: { ...STOCK, lastExit: exit } }), ['EnforcementReleased']],
  ];
  for (const [step, expected] of steps) {
    step();
    publishing.say(viewOf());
    assert.deepEqual(events.splice(0), expected);
  }
  publishing.say(viewOf(undefined, { gate: { checks: [], refusal: 'CPU 3 offline' } }));
  publishing.say(viewOf());
  assert.deepEqual(events, ['EnforcementRefused', 'EnforcementPossible']);
});

test('while another agent has the node it writes nothing, and counts on from what that one has reached', () => {
  const { publishing, safeMode, wanted, events, told } = rig();
  told.isOurs = false;
  safeMode.see({ own: { [CONFIG_GENERATION]: '7' } });
  publishing.say(viewOf({ word: 'safe-mode', reason: 'by file' }));
  const lastExit = { class: 'config-refused', detail: 'upgrade: no', at: 1, isStandby: true } as const;
  told.scheduler = { ...told.scheduler, generation: 0, lastExit };
  safeMode.hold('host-file', true);
  publishing.say(viewOf());
  assert.equal(wanted.length, 0);
  assert.deepEqual(events, ['HandoverFailed'], 'which only it can know');
  safeMode.see({ own: { [CONFIG_GENERATION]: '9' } });

  told.isOurs = true;
  publishing.say(viewOf());
  assert.equal(wanted.at(-1)?.generation, 9);
  safeMode.see({ own: { [CONFIG_GENERATION]: '99' } });
  assert.equal(publishing.generation, 9, 'from then on only it counts');
});
