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
  const node = { isOurs: true, isReachable: true, stored: [] as Array<string | null>, whileWriting: () => {} };
  const keeper = createOverridesKeeper({
    pods: known,
    safeMode,
    isOurs: () => node.isOurs,
    changed,
    async store(text) {
      assert.equal(keeper.text, text, 'what the publisher is told to write');
      await Promise.resolve();
      node.whileWriting();
      if (node.isReachable) node.stored.push(text);
      return node.isReachable;
    },
    dropped: (problem) => dropped.push(problem),
  });
  return { known, safeMode, keeper, dropped, node, writes: () => writes };
}

const refused = (id: string) => (error: unknown) => error instanceof TemperError && error.id === id;

test('before the Node was read nothing is said and nothing may change', async () => {
  const { keeper, known, writes } = rig();
  assert.equal(keeper.text, undefined);
  await assert.rejects(keeper.set('a', 'high'), refused('TMP3206'));
  await assert.rejects(keeper.clear('a'), refused('TMP3206'));
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

test('a text that is not understood counts for nothing, is told of, and does not stop new overrides', async () => {
  const { keeper, safeMode, dropped } = rig();
  safeMode.see({ qosOverrides: '{"a":"highest"}' });
  assert.deepEqual(dropped, ['invalid']);
  assert.equal(keeper.text, null);
  await keeper.set('b', 'low');
  assert.equal(keeper.text, '{"b":"low"}');
});

test('a change is stored first and then in force', async () => {
  const { keeper, known, safeMode, node } = rig();
  safeMode.see({});
  node.whileWriting = () => assert.equal(known.pods.get('a')?.tier, 'normal', 'not before it is stored');
  await keeper.set('a', 'critical');
  assert.equal(known.pods.get('a')?.tier, 'critical');
  node.whileWriting = () => assert.equal(known.pods.get('a')?.tier, 'critical');
  await keeper.clear('a');
  assert.equal(known.pods.get('a')?.tier, 'normal');
  assert.equal(keeper.text, null);
  assert.deepEqual(node.stored, ['{"a":"critical"}', null]);
  await keeper.clear('a');
  assert.equal(node.stored.length, 2, 'nothing to take back, nothing to write');
});

test('what cannot be stored changes nothing, and is not written later behind the back of who was refused', async () => {
  const { keeper, known, safeMode, node, writes } = rig();
  safeMode.see({ qosOverrides: '{"b":"low"}' });
  node.isReachable = false;
  const before = writes();
  await assert.rejects(keeper.set('a', 'critical'), refused('TMP3206'));
  await assert.rejects(keeper.clear('b'), refused('TMP3206'));
  assert.deepEqual([known.pods.get('a')?.tier, known.pods.get('b')?.tier], ['normal', 'low']);
  assert.equal(keeper.text, '{"b":"low"}');
  assert.equal(writes(), before + 2, 'the publisher hears that the wish is taken back');
});

test('changes at the same time add up, and a pod that goes while its override is stored takes it along', async () => {
  const { keeper, known, safeMode, node } = rig();
  safeMode.see({});
  const [first, second] = [keeper.set('a', 'high'), keeper.set('b', 'low')];
  node.whileWriting = () => known.tell(PODS.filter(({ uid }) => uid !== 'a'));
  await first;
  await second;
  assert.equal(keeper.text, '{"b":"low"}');
  assert.deepEqual(known.overridden, keeper.overrides);
});

test('each refusal has its error', async () => {
  const many = Array.from({ length: 65 }, (_, n) => podOf({ uid: `p${n}` }));
  const { keeper, safeMode } = rig([...PODS, ...many]);
  safeMode.see({});
  await assert.rejects(keeper.set('nobody', 'high'), refused('TMP3204'));
  await assert.rejects(keeper.set('s', 'high'), refused('TMP3207'));
  for (const { uid } of many.slice(0, 64)) await keeper.set(uid, 'low');
  await assert.rejects(keeper.set('p64', 'low'), refused('TMP3205'));
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

test('after a list of no pods at all nothing is left of them', () => {
  const { keeper, known, safeMode } = rig([]);
  known.synced = false;
  safeMode.see({ qosOverrides: '{"a":"high"}' });
  assert.equal(keeper.text, '{"a":"high"}', 'no list, no proof');
  known.synced = true;
  known.tell([]);
  assert.equal(keeper.text, null);
});

test('while another agent has the node, what that one writes holds', () => {
  const { keeper, known, safeMode, node } = rig();
  node.isOurs = false;
  safeMode.see({ qosOverrides: '{"a":"high"}' });
  safeMode.see({ qosOverrides: '{"b":"critical"}' });
  assert.equal(keeper.text, '{"b":"critical"}');
  assert.equal(known.pods.get('a')?.tier, 'normal');
  node.isOurs = true;
  safeMode.see({ qosOverrides: '{"a":"high"}' });
  assert.equal(keeper.text, '{"b":"critical"}');
});
