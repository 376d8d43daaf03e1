import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notReady } from '../../../agent/ownership/readiness.ts';
import type { AgentStatus } from '../../../agent/status.ts';
import { memberConfig } from '../scheduler/support.ts';
import { type UpgradeRig, upgrade, wants } from './support.ts';

const STARTING: AgentStatus = { word: 'starting', reason: null };
const STOCK = { want: 'stock', reason: 'safe mode', urgent: true } as const;

const reason = ({ next: { newcomer } }: UpgradeRig): string | null =>
  newcomer === null ? null : notReady(newcomer, STARTING);
const isReady = (it: UpgradeRig): boolean => reason(it) === null;

/** The new agent has loaded, and the old one enforces. */
async function ready(options: Parameters<typeof upgrade>[0] = {}): Promise<UpgradeRig> {
  const it = await upgrade(options);
  it.next.pursue(wants());
  await it.until('ready', () => isReady(it), 3_000);
  return it;
}

const seq = ({ world }: UpgradeRig): number => world.kernel.read().enableSeq ?? -1;

test('the new agent loads beside the old one, is ready then and not before, and attaches when that one ends', async () => {
  const it = await upgrade();
  const before = seq(it);
  it.next.pursue(wants());
  await it.advance(500);
  assert.equal(reason(it), 'its scheduler is still loading');
  assert.equal(it.next.state.phase, 'standing-by');
  await it.until('ready', () => isReady(it), 2_000);
  await it.advance(30_000);
  assert.equal(seq(it), before, 'it waits as long as it takes');
  assert.equal(it.old.state.phase, 'enforcing');

  await it.endOld();
  await it.until('the new one enforces', () => it.next.state.phase === 'enforcing', 2_000);
  assert.equal(seq(it), before + 1);
  assert.equal(it.world.alive, 1);
  assert.deepEqual(it.toldAt, ['ending'], 'before the first lets go, so that nothing is waited for then');
  assert.deepEqual(it.updates, [['handover', 'upgrade']]);
  assert.equal(it.gaps.length, 1);
  assert.ok((it.gaps[0] ?? 9) < 0.8, `${it.gaps[0]} s, the proof among them`);
  assert.equal(it.next.newcomer, null);
});

test('the old agent dies, with another scheduler than when the new one loaded: the new one takes over by itself', async () => {
  const it = await ready();
  it.old.reload();
  await it.until('the old one has a new scheduler', () => seq(it) === 2 && it.old.state.phase === 'enforcing', 5_000);
  it.killOld();
  await it.until('the new one enforces', () => it.next.state.phase === 'enforcing', 2_000);
  assert.deepEqual(it.updates, [['handover', 'recovery']]);
  assert.deepEqual(it.toldAt, ['dead']);
});

test('the old agent dies while the new one still loads: that goes on, and nothing is loaded twice', async () => {
  const it = await upgrade();
  it.next.pursue(wants());
  await it.advance(300);
  const { length } = it.world.started;
  it.killOld();
  await it.until('the new one enforces', () => it.next.state.phase === 'enforcing', 4_000);
  assert.equal(it.world.started.length, length);
});

test('a new version that cannot load is never ready, says why, is tried again, and the old one goes on', async () => {
  for (const [faults, why] of [
    [{ refuses: true }, /did not load \(config-refused\): upgrade: .*refused/],
    [{ panicsAtStart: true }, /did not load \(panic\)/],
    [{ diesWaitingMs: 0, neverReady: true }, /did not load \(error\)/],
    [{ neverReady: true }, /did not load \(not-attached\): upgrade: not ready 120 s/],
    [{ spawnFails: 'ENOENT' }, /did not load \(unsupported\)/],
  ] as const) {
    const it = await upgrade();
    const before = seq(it);
    it.world.faults = faults;
    it.next.pursue(wants());
    await it.until('it fails twice', () => it.exits.length >= 2, 400_000);
    assert.match(reason(it) ?? '', why);
    assert.ok(it.exits.every(({ isStandby }) => isStandby));
    assert.equal(it.old.state.phase, 'enforcing');
    assert.equal(seq(it), before);
    it.world.faults = {};
    await it.until('one that loads is ready', () => isReady(it), 300_000);
  }
});

test('safe mode while it waits: what waits is ended and does not attach when the old one lets go', async () => {
  const it = await ready();
  const before = seq(it);
  it.next.pursue(STOCK);
  await it.until('nothing waits', () => it.world.waiting === 0, 200);
  it.old.pursue(STOCK);
  await it.until('stock', () => it.world.kernel.read().state === 'disabled', 2_000);
  await it.endOld();
  await it.advance(5_000);
  assert.deepEqual([seq(it), it.world.alive, it.next.state.phase], [before, 0, 'stock']);
});

test('the old one goes to stock, for whatever reason: what waits is not told, so it does not attach', async () => {
  const it = await ready();
  const before = seq(it);
  it.old.pursue(STOCK);
  await it.until('stock', () => it.world.kernel.read().state === 'disabled', 2_000);
  await it.advance(5_000);
  assert.equal(seq(it), before);
  assert.equal(it.world.waiting, 1);
});

test('beside one that has nothing attached nothing is loaded, and it is ready; once that one enforces it loads', async () => {
  const it = await upgrade();
  it.old.pursue(STOCK);
  await it.until('stock', () => it.old.state.phase === 'stock', 3_000);
  const { length } = it.world.started;
  it.next.pursue(wants());
  await it.advance(2_000);
  assert.ok(isReady(it));
  assert.equal(it.world.started.length, length);
  it.old.pursue(wants());
  await it.until('both have loaded', () => it.world.waiting === 1 && it.old.state.phase === 'enforcing', 6_000);
  await it.until('ready', () => isReady(it), 2_000);
});

test('safe mode between the last word of the old one and its end: what may attach already is ended', async () => {
  const it = await ready();
  it.world.faults = { kernelMs: 400 };
  const ended = it.endOld();
  await it.advance(200);
  it.next.pursue(STOCK);
  await ended;
  await it.until('stock', () => it.next.state.phase === 'stock', 5_000);
  assert.deepEqual([it.world.alive, it.world.kernel.read().state], [0, 'disabled']);
});

test('members that change while it waits are told to what waits; another shape is loaded anew', async () => {
  const it = await ready();
  const { length } = it.world.started;
  it.next.pursue(wants(memberConfig([[11n, 1]])));
  await it.advance(1_000);
  assert.deepEqual(
    it.members.map((config) => config.members?.get(11n)),
    [1],
  );
  assert.equal(it.world.started.length, length);
  assert.ok(isReady(it));
  it.next.pursue(wants(memberConfig([[11n, 1]], '', 'another-shape')));
  await it.advance(200);
  assert.equal(isReady(it), false);
  await it.until('ready again', () => isReady(it), 4_000);
  assert.equal(it.world.waiting, 1);
  await it.endOld();
  await it.until('the newest', () => it.next.state.config?.shape === 'another-shape', 3_000);
});

test('CPUs that come or go while it waits: loaded anew', async () => {
  const it = await ready();
  const { length } = it.world.started;
  const kernel = it.world.kernel;
  kernel.set({ hotplugSeq: 7 });
  await it.until('loaded anew', () => it.world.started.length > length, 3_000);
  await it.until('ready again', () => isReady(it), 3_000);
});

test('no memory for two, or a binary that cannot stand by: ready at once, and a restart when the old one has ended', async () => {
  for (const canStandBy of [true, false]) {
    const it = await upgrade({ canStandBy });
    it.shortage = '100 MiB of memory are available';
    it.next.pursue(wants());
    await it.advance(200);
    assert.ok(isReady(it));
    assert.match(it.next.state.reason, canStandBy ? /100 MiB/ : /no scheduler of ours/);
    await it.endOld();
    await it.until('the new one enforces', () => it.next.state.phase === 'enforcing', 5_000);
    assert.deepEqual(it.updates, [['restart', 'test']]);
  }
});

test('a new agent that ends while it waits takes what waits with it; the old one is not touched', async () => {
  const it = await ready();
  const before = seq(it);
  const stopped = it.next.stop();
  await it.advance(100);
  await stopped;
  assert.deepEqual([it.world.alive, it.world.waiting, seq(it)], [1, 0, before]);
  assert.equal(it.old.state.phase, 'enforcing');
});

test('what takes over and fails ends in stock, and is started again as any other', async () => {
  const it = await ready();
  it.world.faults = { takesOverAfterMs: 60_000 };
  await it.endOld();
  await it.until('it is given up', () => it.next.state.phase !== 'starting', 12_000);
  it.world.faults = {};
  await it.until('the new one enforces', () => it.next.state.phase === 'enforcing', 20_000);
  assert.equal(it.updates.at(-1)?.[0], 'restart');
});

test('ready or not, by what is decided and what the old one has', () => {
  const base = { goal: wants(), canStandBy: true, hasToLose: true, waiting: null, shortage: null, lastExit: null };
  const said = (change: object, status: AgentStatus | null = STARTING) => notReady({ ...base, ...change }, status);
  const stock = { goal: STOCK };
  assert.equal(said({}, null), 'nothing is decided yet');
  assert.equal(said({ goal: null }), 'nothing is decided yet');
  assert.equal(said(stock, { word: 'starting', reason: 'pods not listed yet' }), 'pods not listed yet');
  for (const word of ['safe-mode', 'unsupported', 'observing'] as const) {
    assert.equal(said(stock, { word, reason: 'so' }), null, word);
  }
  const degraded: AgentStatus = { word: 'degraded', reason: 'the config is not valid' };
  assert.match(said(stock, degraded) ?? '', /would not enforce what is enforced now: the config is not valid/);
  assert.equal(said({ ...stock, hasToLose: false }, degraded), null);
  assert.equal(said({ hasToLose: false }), null, 'nothing is lost by a start');
  assert.equal(said({ canStandBy: false }), null, 'a restart, whenever it is');
  assert.match(said({ canStandBy: null }) ?? '', /cannot be run/);
  assert.equal(said({}), 'its scheduler is still loading');
});
