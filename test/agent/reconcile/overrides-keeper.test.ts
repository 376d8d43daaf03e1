import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOverridesKeeper } from '../../../agent/reconcile/overrides-keeper.ts';
import { TemperError } from '../../../src/model/errors.ts';
import { podOf } from '../layers/builders.ts';
import { fakePods, fakeSafeMode } from './support.ts';

const PODS = [podOf({ uid: 'a' }), podOf({ uid: 'b' }), podOf({ uid: 's', tier: 'system' })];

function rig(pods = PODS) {
  const known = fakePods(pods);
  const safeMode = fakeSafeMode();
  let writes = 0;
  const dropped: string[] = [];
  const changed = (): void => {
    writes += 1;
  };
  const keeper = createOverridesKeeper(known, safeMode, changed, (problem) => dropped.push(problem));
  return { known, safeMode, keeper, dropped, writes: () => writes };
}

const refused = (id: string) => (error: unknown) => error instanceof TemperError && error.id === id;

test('before the Node was read nothing is said and nothing may change', () => {
  const { keeper, known, writes } = rig();
  assert.equal(keeper.text, undefined);
  assert.throws(() => keeper.set('a', 'high'), refused('TMP3206'));
  assert.throws(() => keeper.clear('a'), refused('TMP3206'));
  assert.equal(known.overridden.size, 0);
  assert.equal(writes(), 0);
});

test('it goes on with what an earlier agent wrote, and from then on only it counts', () => {
  const { keeper, known, safeMode } = rig();
  safeMode.see({ qosOverrides: '{"a":"high"}' });
  assert.equal(known.pods.get('a')?.tier, 'high');
  assert.equal(keeper.text, '{"a":"high"}');
  safeMode.see({ qosOverrides: '{"b":"critical"}' });
  assert.equal(keeper.text, '{"a":"high"}', 'a tenant who may patch the Node lifts no pod');
});

test('a text that is not understood counts for nothing, is told of, and does not stop new overrides', () => {
  const { keeper, safeMode, dropped } = rig();
  safeMode.see({ qosOverrides: '{"a":"highest"}' });
  assert.deepEqual(dropped, ['invalid']);
  assert.equal(keeper.text, null);
  keeper.set('b', 'low');
  assert.equal(keeper.text, '{"b":"low"}');
});

test('a change is in force at once, and is written', () => {
  const { keeper, known, safeMode, writes } = rig();
  safeMode.see({});
  const before = writes();
  keeper.set('a', 'critical');
  assert.equal(known.pods.get('a')?.tier, 'critical');
  assert.equal(writes(), before + 1);
  keeper.clear('a');
  assert.equal(known.pods.get('a')?.tier, 'normal');
  assert.equal(keeper.text, null);
  assert.equal(writes(), before + 2);
  keeper.clear('a');
  assert.equal(writes(), before + 2, 'nothing to take back, nothing to write');
});

test('each refusal has its error', () => {
  const many = Array.from({ length: 65 }, (_, n) => podOf({ uid: `p${n}` }));
  const { keeper, safeMode } = rig([...PODS, ...many]);
  safeMode.see({});
  assert.throws(() => keeper.set('nobody', 'high'), refused('TMP3204'));
  assert.throws(() => keeper.set('s', 'high'), refused('TMP3207'));
  for (const { uid } of many.slice(0, 64)) keeper.set(uid, 'low');
  assert.throws(() => keeper.set('p64', 'low'), refused('TMP3205'));
  assert.equal(keeper.overrides.size, 64);
});

test('an override goes with its pod, but not while the pods have not been listed', () => {
  const { keeper, known, safeMode } = rig();
  known.synced = false;
  known.tell([]);
  safeMode.see({ qosOverrides: '{"a":"high","b":"low"}' });
  known.tell(PODS.slice(0, 1));
  assert.equal(keeper.text, '{"a":"high","b":"low"}');
  known.synced = true;
  known.tell(PODS.slice(0, 1));
  assert.equal(keeper.text, '{"a":"high"}');
  assert.deepEqual(known.overridden, keeper.overrides);
});

test('read late, what is gone already expires at once', () => {
  const { keeper, known, safeMode } = rig();
  safeMode.see({ qosOverrides: '{"a":"high","gone":"low"}' });
  assert.equal(keeper.text, '{"a":"high"}');
  assert.deepEqual(known.overridden, keeper.overrides);
});
