import assert from 'node:assert/strict';
import type { AgentPod } from '../../../agent/pods/agent-pod.ts';
import type { QosClass } from '../../../src/model/qos.ts';
import type { TierOrSystem } from '../../../src/model/tier.ts';
import type { DoubleFaults } from '../../double/faults.ts';
import { podOf } from '../layers/builders.ts';
import { isProvenStock } from '../scheduler/support.ts';
import type { World } from './random-world.ts';

const SAFE_MODE_MS = 3_000;
const MAX_PODS = 12;
const TIERS: readonly TierOrSystem[] = [
  'critical',
  'critical',
  'high',
  'high',
  'normal',
  'low',
  'background',
  'system',
];
const QOS: readonly QosClass[] = ['Guaranteed', 'Burstable', 'BestEffort'];
/** All that a real process can do as well. */
export const FAULTS: readonly DoubleFaults[] = [
  { refuses: true },
  { neverAttaches: true },
  { wrongLayers: true },
  { hangsOnSigterm: true },
  { panicsAtStart: true },
  { refusesNumbers: true },
  { controlGarbage: true },
  { controlSilent: true },
  { socket: 'silent' },
  { socket: 'garbage' },
  { socket: 'missing' },
  { diesAfterMs: 3_000 },
  { ejectedAfterMs: 2_000 },
  { hotplugAfterMs: 2_500 },
  { lostAfterMs: 1_500 },
  { releaseMs: 2_300, hangsOnSigterm: true },
  { startMs: 12_000 },
];

/** The same numbers for the same seed, in [0, 1). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Dice {
  readonly chance: () => number;
  below(bound: number): number;
  pick<T>(list: readonly T[]): T;
}

export function diceOf(chance: () => number): Dice {
  const below = (bound: number): number => Math.floor(chance() * bound);
  return { chance, below, pick: <T>(list: readonly T[]) => list[below(list.length)] as T };
}

/** What it returns is waited for. */
type Act = (world: World, dice: Dice) => unknown;

/** Each with its weight. What mends comes oftener than what breaks, so that the node gets somewhere. */
const ACTS: ReadonlyArray<readonly [weight: number, name: string, act: Act]> = [
  [8, 'a pod comes', come],
  [3, 'a pod goes', (world, dice) => change(world, dice, () => null)],
  [4, 'a tier changes', (world, dice) => change(world, dice, (pod) => ({ ...pod, tier: dice.pick(TIERS) }))],
  [2, 'cgroups are found', ({ hidden }) => hidden.clear()],
  [4, 'the child is killed', ({ it }) => it.world.kill()],
  [3, 'a fault', ({ it }, dice) => Object.assign(it.world, { faults: dice.pick(FAULTS) })],
  [1, 'a bad config', refuseTheNext],
  [7, 'all is well', ({ it }) => Object.assign(it.world, { faults: {} })],
  [2, 'safe mode', enterSafeMode],
  [10, 'safe mode is over', leaveSafeMode],
  [1, 'the API server goes', (world) => Object.assign(world, { isApiUp: false })],
  [3, 'the API server is back', (world) => Object.assign(world, { isApiUp: true })],
  [0.5, 'the label', ({ safeMode, isApiUp }) => isApiUp && safeMode.see({ enforceDisabled: true })],
  [4, 'the label is over', ({ safeMode, isApiUp }) => isApiUp && safeMode.see({ enforceDisabled: false })],
  [0.5, 'the gate refuses', (world) => Object.assign(world, { refusal: 'resctrl is mounted' })],
  [1, 'a CPU goes', unplug],
  [5, 'the gate is passed', plug],
  [0.3, 'cgroups are not understood', (world) => Object.assign(world, { problem: 'cgroup v1' })],
  [4, 'cgroups are understood', (world) => Object.assign(world, { problem: null })],
  [0.5, 'a crowd', (world) => crowd(world, 'too many threads want a CPU')],
  [5, 'the crowd has gone', (world) => crowd(world, null)],
  [1, 'reload', ({ reload }) => reload()],
  [0.3, 'the clock is set back', ({ it }, dice) => it.clock.setWallClock(it.clock.now() - dice.below(7_200_000))],
  [0.3, 'the clock jumps forward', ({ it }, dice) => it.clock.setWallClock(it.clock.now() + dice.below(7_200_000))],
  [0.4, 'a long time', ({ it }, dice) => long(it.clock, 300_000 + dice.below(1_500_000))],
];

function crowd(world: World, reason: string | null): void {
  if (world.crowd === reason) return;
  world.crowd = reason;
  world.loop.poke();
}

function come({ running, hidden }: World, dice: Dice): void {
  if (running.size >= MAX_PODS) return;
  const uid = `p${1 + dice.below(1_000_000)}`;
  const requestMilli = 100 + dice.below(2_500);
  const fields = { tier: dice.pick(TIERS), qos: dice.pick(QOS), requestMilli, specMilli: requestMilli };
  running.set(uid, podOf({ uid, ...fields }));
  if (dice.chance() < 0.2) hidden.add(uid);
}

function change({ running }: World, dice: Dice, to: (pod: AgentPod) => AgentPod | null): void {
  const pod = dice.pick([...running.values()]);
  if (pod === undefined) return;
  const next = to(pod);
  if (next === null) running.delete(pod.uid);
  else running.set(pod.uid, next);
}

function unplug(world: World): void {
  if (world.online !== '0-7') return;
  world.plugged();
  Object.assign(world, { refusal: 'CPU 3 offline', online: '0-2,4-7' });
}

function plug(world: World): void {
  if (world.online !== '0-7') world.plugged();
  Object.assign(world, { refusal: null, online: '0-7' });
}

function refuseTheNext({ it, loop }: World): void {
  const config = loop.view?.plan.config;
  if (config && 'hash' in config) it.world.faults = { refusesText: JSON.stringify(config.layers[0]) };
  it.world.kill();
}

async function enterSafeMode(world: World, dice: Dice): Promise<void> {
  const source = dice.pick(world.isApiUp ? (['host-file', 'node-annotation'] as const) : (['host-file'] as const));
  world.hold(source, true);
  const isThere = () => isProvenStock(world.it) && world.loop.view?.decision.status.word === 'safe-mode';
  await world.it.until(`safe mode by ${source}`, isThere, SAFE_MODE_MS);
}

function leaveSafeMode({ asking, hold, isApiUp }: World): void {
  for (const source of asking) if (isApiUp || source === 'host-file') hold(source, false);
}

/** In steps of a second, since nobody looks meanwhile. */
export async function long(clock: World['it']['clock'], ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1_000) {
    clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function pickAct(chance: number): (typeof ACTS)[number] {
  return weighted(ACTS, chance);
}

/** One of them, the oftener the greater its weight. */
export function weighted<T extends readonly [weight: number, ...rest: unknown[]]>(
  list: readonly T[],
  chance: number,
): T {
  let left = chance * list.reduce((sum, [weight]) => sum + weight, 0);
  const found = list.find(([weight]) => {
    left -= weight;
    return left < 0;
  });
  assert.ok(found);
  return found;
}
