import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiObject, ApiState } from '../support/api-state.ts';
import { body, pageByteByByte, pageCutAt, pageWithoutLimit, resetAtOnce, silent, status } from '../support/faults.ts';
import type { Fault, LiveWatch } from '../support/faulty-api.ts';
import { statusObject } from '../support/faulty-api.ts';
import { createHarness, type Harness, type Thing, until } from './harness.ts';

/**
 * Episodes of random changes while the server misbehaves at random. After each, some changes without new
 * faults: then the store must be what the server has. A list would cover up whatever was missed before it,
 * hence many episodes. No listener may ever hear a story that could not have happened. `SOAK_EPISODES` makes it longer.
 */
const EPISODES = Number(process.env['SOAK_EPISODES'] ?? 60);
const CHANGES = 300;
const CALM_CHANGES = 40;
const SEEDS = [1, 2, 3];

/** A twentieth of the usual times, so that the faults that are found by waiting come as often as the others. */
const SETTINGS = {
  pageLimit: 7,
  answerMs: 3_000,
  idleMs: 6_000,
  healthyMs: 500,
  backoffBaseMs: 25,
  backoffCapMs: 1_500,
  forbiddenMs: 1_500,
};

/** A small seeded generator (mulberry32): the same faults and changes in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pick<T>(random: () => number, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}

function listFault(random: () => number): Fault {
  return pick<Fault>(random, [
    resetAtOnce,
    silent,
    status(500),
    status(410),
    status(429, { 'retry-after': '2' }),
    status(403),
    status(404),
    body('{"items":[{"half"'),
    body('<html>'),
    pageCutAt(Math.floor(random() * 400), 'reset'),
    pageCutAt(Math.floor(random() * 400), 'end'),
    pageCutAt(Math.floor(random() * 400), 'stall'),
    pageWithoutLimit,
    pageByteByByte,
    ({ state, serve }) => {
      state.compact();
      serve();
    },
  ]);
}

function watchFault(random: () => number): Fault {
  return pick<Fault>(random, [resetAtOnce, silent, status(410), status(500), status(429), status(401), body('')]);
}

/** What a server does to a watch that was going well. */
function disturb(random: () => number, watch: LiveWatch): void {
  pick(random, [
    () => watch.end(),
    () => watch.reset(),
    () => watch.stall(),
    () => watch.sendRaw('no event\n'),
    () => watch.send({ type: 'ERROR', object: statusObject(500, 'InternalError') }),
    () => watch.send({ type: 'ERROR', object: statusObject(410, 'Expired') }),
    () => watch.send({ type: 'SURPRISE' }),
    () => {
      watch.sendRaw('{"type":"MODIFIED","object":{"metadata":{"name":"thi');
      watch.end();
    },
  ])();
}

function change(random: () => number, state: ApiState, index: number): void {
  const name = `thing-${Math.floor(random() * 60)}`;
  if (random() < 0.25) state.remove(name);
  else state.set(name, random() < 0.02 ? 'unreadable' : index);
  if (random() < 0.02) state.compact();
}

/** Whether the store holds each object that can be read, as it is now, and nothing else. */
function equal({ api, listWatch }: Harness): boolean {
  const wanted = api.state.objects().filter(({ data }) => data !== 'unreadable');
  const isKnown = ({ metadata: { name, resourceVersion } }: ApiObject) =>
    listWatch.store.get(`ns/${name}`)?.version === Number(resourceVersion);
  return listWatch.store.size === wanted.length && wanted.every(isKnown);
}

/** Rebuilds the store from what a listener hears, and finds what cannot be. */
function listen({ listWatch }: Harness): Map<string, Thing> {
  const heard = new Map<string, Thing>();
  listWatch.store.subscribe((event) => {
    const before = heard.get(event.key);
    assert.deepEqual(event.previous, before, 'each change says what was there before');
    if (event.type === 'delete') {
      heard.delete(event.key);
      return;
    }
    assert.ok(before === undefined || event.value.version >= before.version, `${event.key} went back in time`);
    heard.set(event.key, event.value);
  });
  return heard;
}

/** Lets the clock and the event loop turn a little. */
async function turn({ clock }: Harness): Promise<void> {
  clock.advance(100);
  await new Promise((resolve) => setImmediate(resolve));
}

async function episode(harness: Harness, random: () => number, watch: () => LiveWatch | undefined): Promise<void> {
  const { api } = harness;
  for (let index = 0; index < CHANGES; index += 1) {
    change(random, api.state, index);
    if (random() < 0.01) api.fault('list', listFault(random));
    if (random() < 0.01) api.fault('watch', watchFault(random));
    const current = watch();
    if (random() < 0.02 && current !== undefined) disturb(random, current);
    if (random() < 0.5) await turn(harness);
  }
  for (let index = 0; index < CALM_CHANGES; index += 1) {
    change(random, api.state, index);
    if (random() < 0.5) await turn(harness);
  }
  const turning = setInterval(() => harness.clock.advance(100), 0);
  await until(() => equal(harness)).finally(() => clearInterval(turning));
}

for (const seed of SEEDS) {
  test(`after each of ${EPISODES} episodes of faults (seed ${seed}) the store equals the server`, async () => {
    const random = seeded(seed);
    await using harness = await createHarness({ objects: 40, settings: SETTINGS, random });
    const { api, listWatch } = harness;
    let watch: LiveWatch | undefined;
    const follow = async () => {
      for (;;) watch = await api.watch();
    };
    void follow();
    const heard = listen(harness);
    listWatch.start();
    for (let index = 0; index < EPISODES; index += 1) {
      await episode(harness, random, () => watch);
      assert.equal(heard.size, listWatch.store.size);
      for (const [key, value] of heard) assert.equal(value, listWatch.store.get(key));
    }

    const reasons = new Set<string>();
    while (harness.restarts.size > 0) reasons.add(await harness.restarts.next());
    assert.ok(reasons.size >= 8, `too few kinds of restarts to prove anything: ${[...reasons]}`);
    assert.ok(!reasons.has('internal'));
  });
}
