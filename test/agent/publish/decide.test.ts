import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnnotationPatch } from '../../../agent/publish/annotations.ts';
import { decide, type PublishDecision } from '../../../agent/publish/decide.ts';
import type { Wanted } from '../../../agent/publish/publish.ts';
import { NOTHING_WRITTEN, type Now, type PublishState, sent, settled } from '../../../agent/publish/state.ts';
import type { AgentAnnotations } from '../../../src/model/agent-annotations.ts';
import { AGENT_STATUS, AGENT_VERSION, CONFIG_GENERATION, QOS_OVERRIDES, TIER_LOAD } from '../../../src/model/keys.ts';
import { load, loadOf, UNAVAILABLE, wanted } from './support.ts';

const START = Date.UTC(2026, 10, 21, 10);
const at = (ms: number): Now => ({ wall: START + ms, monotonic: ms });

function patchOf(decision: PublishDecision): AnnotationPatch {
  assert.equal(decision.do, 'patch');
  return decision.do === 'patch' ? decision.annotations : {};
}

/** The state after `wish` was written at `ms`. */
function after(wish: Wanted, ms = 0, from: PublishState = NOTHING_WRITTEN): PublishState {
  const annotations = patchOf(decide(from, wish, null, at(ms)));
  return settled(sent(from, ms), { wanted: wish, annotations, at: at(ms) }, { outcome: 'ok' }, ms, 0);
}

const due = (state: PublishState, wish: Wanted, ms: number) => {
  const decision = decide(state, wish, null, at(ms));
  return decision.do === 'wait' ? [decision.cause, decision.until] : [decision.cause, ms];
};

test('the first patch has all keys that are known, at once', () => {
  const annotations = patchOf(decide(NOTHING_WRITTEN, wanted({ qosOverrides: undefined }), null, at(0)));
  assert.deepEqual(Object.keys(annotations).sort(), [AGENT_STATUS, AGENT_VERSION, CONFIG_GENERATION, TIER_LOAD].sort());
  assert.equal(annotations[AGENT_STATUS], 'enforcing');
  assert.equal(JSON.parse(annotations[TIER_LOAD] ?? '').at, '2026-11-21T10:00:00.000Z');
});

test('overrides that are not there are removed, not left', () => {
  const annotations = patchOf(decide(NOTHING_WRITTEN, wanted({ qosOverrides: null }), null, at(0)));
  assert.equal(annotations[QOS_OVERRIDES], null);
});

const state = after(wanted());
const cases: ReadonlyArray<readonly [what: string, wish: Partial<Wanted>, cause: string, due: number]> = [
  ['nothing new: a heartbeat, a little early', {}, 'heartbeat', 285_000],
  ['another word', { status: { word: 'safe-mode', reason: null } }, 'word', 1_000],
  ['another protection', { load: load({ protection: 'none' }) }, 'word', 1_000],
  ['another reason', { status: { word: 'enforcing', reason: 'critical demoted' } }, 'detail', 10_000],
  ['other overrides', { qosOverrides: '{"a":"high"}' }, 'detail', 10_000],
  ['another load', { load: loadOf(3) }, 'load', 30_000],
  ['another generation', { generation: 2 }, 'load', 30_000],
  ['the same load, measured later', { load: load({ at: 5 }) }, 'heartbeat', 285_000],
  [
    'word and load together: when the word may',
    { status: { word: 'degraded', reason: 'x' }, load: loadOf(1) },
    'word',
    1_000,
  ],
  ['no load any more', { load: null }, 'word', 1_000],
];
for (const [what, wish, cause, ms] of cases) {
  test(`${what}: due after ${ms} ms`, () => {
    assert.deepEqual(due(state, wanted(wish), 500), [cause, ms]);
    assert.equal(decide(state, wanted(wish), null, at(ms - 1)).do, 'wait');
    assert.equal(decide(state, wanted(wish), null, at(ms)).do, 'patch');
  });
}

test('a patch has what changed and a fresh load, and nothing else', () => {
  const wish = wanted({ status: { word: 'safe-mode', reason: 'asked' } });
  const annotations = patchOf(decide(state, wish, null, at(20_000)));
  assert.deepEqual(Object.keys(annotations).sort(), [AGENT_STATUS, TIER_LOAD].sort());
  assert.equal(annotations[AGENT_STATUS], 'safe-mode: asked');
  assert.equal(JSON.parse(annotations[TIER_LOAD] ?? '').at, '2026-11-21T10:00:20.000Z');
});

test('without a load there is no heartbeat', () => {
  const quiet = after(wanted({ load: null }));
  assert.deepEqual(due(quiet, wanted({ load: null }), 1e9), [null, Number.POSITIVE_INFINITY]);
});

test('what changed and changed back is not written', () => {
  assert.equal(due(state, wanted({ load: loadOf(1) }), 20_000)[0], 'load');
  assert.equal(due(state, wanted(), 20_000)[0], 'heartbeat');
});

test('a reason that quotes other programs is one line of bounded length', () => {
  const wish = wanted({ status: { word: 'degraded', reason: `a\nb${'x'.repeat(10_000)}` } });
  const text = patchOf(decide(NOTHING_WRITTEN, wish, null, at(0)))[AGENT_STATUS] ?? '';
  assert.ok(text.startsWith('degraded: a bx') && text.length <= 300);
});

const onNode = (from: PublishState): AgentAnnotations =>
  Object.fromEntries(Object.entries(from.written?.annotations ?? {}).filter(([, value]) => value !== null));

test('what others overwrote is put right, though not at once', () => {
  const own = { ...onNode(state), [AGENT_STATUS]: 'starting' };
  const seen = { own, at: 5_000 };
  const waiting = decide(state, wanted(), seen, at(6_000));
  assert.deepEqual(waiting, { do: 'wait', cause: 'repair', until: 30_000 });
  const annotations = patchOf(decide(state, wanted(), seen, at(30_000)));
  assert.deepEqual(Object.keys(annotations).sort(), [AGENT_STATUS, TIER_LOAD].sort());
});

test('what was seen before the last patch is no reason to write', () => {
  const seen = { own: { ...onNode(state), [AGENT_STATUS]: 'starting' }, at: 5_000 };
  const later = after(wanted({ generation: 2 }), 40_000, state);
  const decision = decide(later, wanted({ generation: 2 }), seen, at(100_000));
  assert.deepEqual([decision.do, decision.cause], ['wait', 'heartbeat']);
});

test('a Node that says what it should say is left alone', () => {
  assert.deepEqual(decide(state, wanted(), { own: onNode(state), at: 5_000 }, at(200_000)).cause, 'heartbeat');
});

test('a wall clock that was set anew makes the time wrong, so it is written again', () => {
  const decision = decide(state, wanted(), null, { wall: START - 3_600_000, monotonic: 40_000 });
  assert.deepEqual([decision.do, decision.cause], ['patch', 'clock']);
});

test('after a failure: the wait that the server asked for, and backoff', () => {
  const patch = { wanted: wanted(), annotations: {}, at: at(0) };
  const word = wanted({ status: { word: 'degraded', reason: null } });
  const failed = settled(sent(state, 1_000), patch, { ...UNAVAILABLE, retryAfterMs: 120_000 }, 1_000, 0);
  assert.deepEqual(due(failed, word, 2_000), ['word', 122_000]);
  const again = settled(sent(failed, 122_000), patch, UNAVAILABLE, 122_000, 0);
  assert.deepEqual(due(again, word, 122_000), ['word', 124_000]);
  const rejected = settled(sent(again, 124_000), patch, { outcome: 'rejected', detail: '' }, 124_000, 0.5);
  assert.deepEqual(due(rejected, word, 124_000), ['word', 124_000 + 90_000]);
});

test('a server that refuses while it begins is asked again soon, one that goes on refusing slowly', () => {
  const patch = { wanted: wanted(), annotations: {}, at: at(0) };
  let refused = state;
  for (let away = 0; away < 10; away += 1) refused = settled(refused, patch, UNAVAILABLE, 0, 0.5);
  const waits = Array.from({ length: 5 }, () => {
    refused = settled(refused, patch, { outcome: 'forbidden', detail: '' }, 0, 0.5);
    return refused.notBefore;
  });
  assert.deepEqual(waits, [1_500, 3_000, 6_000, 12_000, 90_000]);
});

test('backoff grows to a minute and no further', () => {
  const patch = { wanted: wanted(), annotations: {}, at: at(0) };
  let failing = state;
  for (let failures = 0; failures < 50; failures += 1) failing = settled(failing, patch, UNAVAILABLE, 0, 0.999);
  assert.ok(failing.notBefore > 55_000 && failing.notBefore < 60_000);
});

test('words have patches of their own that changes of load cannot use up', () => {
  let worn = state;
  let ms = 0;
  // A reason that changes all the time.
  for (let change = 0; change < 200; change += 1) {
    const wish = wanted({ status: { word: 'enforcing', reason: String(change) } });
    const [, next] = due(worn, wish, ms);
    ms = Number(next);
    worn = after(wish, ms, worn);
  }
  const last = worn.written?.wanted ?? wanted();
  const [, calm] = due(worn, { ...last, status: { word: 'enforcing', reason: 'next' } }, ms);
  assert.ok(Number(calm) > ms + 20_000, 'the budget of the others is used up');
  assert.deepEqual(due(worn, wanted({ status: { word: 'safe-mode', reason: 'x' } }), ms), ['word', ms + 1_000]);
});
