import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Matching } from '../../../agent/scheduler/scheduler.ts';
import { podOf } from '../layers/builders.ts';
import { isProvenStock } from '../scheduler/support.ts';
import { diceOf, long, pickAct, randomOf } from './random-acts.ts';
import {
  ATTACHES_PER_HOUR,
  assertBounded,
  assertPlaced,
  assertTold,
  HOLD_MS,
  type Outcome,
  outcomeOf,
  SETTLE_MS,
  STARTS_PER_HOUR,
  type World,
  worldOf,
} from './random-world.ts';

async function settle(world: World): Promise<Outcome> {
  // What was just changed is taken up by the next turn.
  await world.it.advance(25);
  let before: Outcome | null = null;
  // The status follows with the next turn: it is looked at when the node has been the same for a moment.
  const isSettled = (): boolean => {
    const now = outcomeOf(world);
    const isSame = now !== null && now === before;
    before = now;
    return isSame;
  };
  await world.it.until('neither proven enforcing nor proven stock', isSettled, SETTLE_MS);
  const outcome = outcomeOf(world);
  assert.ok(outcome !== null);
  assertTold(world, outcome);
  if (outcome === 'enforcing') await assertPlaced(world);
  return outcome;
}

/** With nothing in the way it enforces, and with nothing to protect it does not. */
async function calm(world: World): Promise<void> {
  const { it, safeMode, asking, hold, hidden, running } = world;
  Object.assign(world, { isApiUp: true, refusal: null, online: '0-7', problem: null, crowd: null });
  it.world.faults = {};
  hidden.clear();
  running.clear();
  for (const source of asking) hold(source, false);
  safeMode.see({ enforceDisabled: false });
  world.moved();
  await long(it.clock, 3_700_000);
  assert.equal(await settle(world), 'stock');
  assert.equal(world.loop.view?.decision.status.reason, 'nothing to protect');
  running.set('p0', podOf({ uid: 'p0', tier: 'critical', requestMilli: 1_000 }));
  world.moved();
  it.scheduler.reload();
  await it.until('enforcing', ({ phase }) => phase === 'enforcing', 5_000);
  assert.equal(await settle(world), 'enforcing');
  running.clear();
  world.moved();
  await it.until('stock', () => isProvenStock(it), HOLD_MS + 5_000);
}

async function run(matching: Matching, seed: number, events: number) {
  const dice = diceOf(randomOf(seed));
  const world = worldOf(matching, dice.chance);
  const { it, loop, pods } = world;
  const seen = new Map<string, number>();
  const count = (what: string): void => void seen.set(what, (seen.get(what) ?? 0) + 1);
  pods.synced = false;
  world.hold('not-read-yet', true);
  loop.start();
  world.hold('not-read-yet', false);
  await it.advance(300);
  assert.equal(loop.view?.decision.status.reason, 'pods not listed yet');
  pods.synced = true;
  world.moved();

  let last = '';
  for (let event = 1; event <= events; event += 1) {
    const [, name, act] = pickAct(dice.chance());
    try {
      await act(world, dice);
      world.moved();
      if (dice.chance() < 0.4) await it.advance(dice.below(800));
      else count(await settle(world));
      if (event % 400 === 0) await calm(world);
    } catch (error) {
      throw new Error(`seed ${seed}, event ${event}: ${last}, then ${name}`, { cause: error });
    }
    count(loop.view?.decision.status.word ?? 'none');
    last = name;
  }
  assertBounded(world.attaches, ATTACHES_PER_HOUR, 'attaches');
  // A reload is a person's wish, and begins to count anew.
  for (const starts of world.starts) assertBounded(starts, STARTS_PER_HOUR, 'starts');
  return seen;
}

const WORDS = ['enforcing', 'observing', 'safe-mode', 'unsupported', 'degraded', 'starting'];

test('2,000 random events: proven enforcing or proven stock each time, and the status says which and why', async () => {
  const seen = await run('membership', 5, 2_000);
  for (const word of WORDS) assert.ok((seen.get(word) ?? 0) > 20, `${word}: ${seen.get(word)} times`);
});

test('the same with the stock binary, where each change is a restart', async () => {
  const seen = await run('prefixes', 6, 500);
  assert.ok((seen.get('enforcing') ?? 0) > 20);
});
