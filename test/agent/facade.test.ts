import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFacade } from '../../agent/facade.ts';
import type { Loop } from '../../agent/reconcile/loop.ts';
import { createOverridesKeeper } from '../../agent/reconcile/overrides-keeper.ts';
import type { Scheduler } from '../../agent/scheduler/scheduler.ts';
import type { Known } from '../../agent/views/known.ts';
import { TemperError } from '../../src/model/errors.ts';
import { fakePods, fakeSafeMode } from './reconcile/support.ts';
import { knownOf, PODS, STOCK } from './views/known.ts';

const refused = (id: string) => (error: unknown) => error instanceof TemperError && error.id === id;
const { signal } = new AbortController();
const CART = { by: 'uid', uid: '1' } as const;

function rig(change: Partial<Known> = {}) {
  const pods = fakePods(PODS);
  const safeMode = fakeSafeMode();
  const did: string[] = [];
  const store = { isReachable: true };
  const it = { isOurs: true };
  const overrides = createOverridesKeeper({
    pods,
    safeMode,
    isOurs: () => it.isOurs,
    changed: () => {},
    store(text) {
      did.push(`store ${text}`);
      return Promise.resolve(store.isReachable);
    },
    dropped: () => {},
  });
  safeMode.see({});
  const known = (): Known =>
    knownOf({ pods: pods.pods, overrides: overrides.overrides, safeMode: safeMode.safeMode, ...change });
  const scheduler = { state: known().scheduler, reload: () => void did.push('reload') };
  const loop = { turn: () => void did.push('turn'), poke: () => void did.push('poke') };
  const facade = createFacade({
    known,
    overrides,
    scheduler: scheduler as unknown as Scheduler,
    safeMode,
    loop: loop as unknown as Loop,
    isOurs: () => it.isOurs,
  });
  return { it, facade, did, store, overrides };
}

test('an override is in force and stored before the caller hears of it', async () => {
  const { facade, did, overrides } = rig();
  const set = await facade.setQos(CART, 'low', signal);
  assert.deepEqual(set, { uid: '1', namespace: 'shop', name: 'cart', before: null, tier: 'low' });
  assert.deepEqual(did.splice(0), ['store {"1":"low"}']);
  assert.equal(overrides.text, '{"1":"low"}');
  const cleared = await facade.clearQos(CART, signal);
  assert.deepEqual([cleared.before, cleared.tier], ['low', 'critical']);
  assert.deepEqual(did, ['store null']);
  assert.equal(overrides.text, null);
});

test('an override that cannot be stored is refused each time, and changes nothing', async () => {
  const { facade, store, overrides } = rig();
  await facade.setQos(CART, 'low', signal);
  store.isReachable = false;
  for (let times = 0; times < 2; times += 1) {
    await assert.rejects(facade.setQos(CART, 'high', signal), refused('TMP3206'));
    await assert.rejects(facade.clearQos(CART, signal), refused('TMP3206'));
  }
  assert.equal(overrides.text, '{"1":"low"}');
  store.isReachable = true;
  assert.equal((await facade.clearQos(CART, signal)).before, 'low');
});

test('a reload is refused with the reason where the node must stay on stock', () => {
  const { turn } = knownOf();
  assert.ok(turn);
  const goal = { want: 'stock', reason: 'r', urgent: false } as const;
  const status = { word: 'observing', reason: 'nothing to protect' } as const;
  const stays = rig({ turn: { ...turn, decision: { ...turn.decision, goal, status } } });
  assert.throws(
    () => stays.facade.reload(),
    (error) => refused('TMP3208')(error) && /nothing to protect/.test(String(error)),
  );
  assert.throws(() => rig({ turn: null }).facade.reload(), refused('TMP3208'));
  assert.deepEqual(stays.did, []);

  const latched = rig({ scheduler: { ...STOCK, phase: 'latched' } });
  assert.deepEqual(latched.facade.reload(), { wasLatched: true, generation: 12 });
  assert.deepEqual(latched.did, ['reload', 'poke']);
});

test('safe mode tells whether this call changed it', async () => {
  const { facade } = rig();
  const calls = [true, true, false, false];
  const changes: boolean[] = [];
  for (const on of calls) changes.push((await facade.setSafeMode(on, signal)).changed);
  assert.deepEqual(changes, [true, false, true, false]);
});

test('while another agent has the node nothing but safe mode is changed here', async () => {
  const { it, facade, did } = rig();
  it.isOurs = false;
  await assert.rejects(facade.setQos(CART, 'low', signal), refused('TMP3209'));
  await assert.rejects(facade.clearQos(CART, signal), refused('TMP3209'));
  assert.throws(() => facade.reload(), refused('TMP3209'));
  assert.deepEqual(did, []);
  assert.deepEqual((await facade.setSafeMode(true, signal)).safeMode.sources, ['host-file']);
});
