/** A node with one scheduler by hand whose layers each own a CPU, and places in its cgroup tree for what is put into them. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ByHand, startByHand } from '../../guest/by-hand.ts';
import { watchCollections } from '../../guest/collections.ts';
import { type Load, type LoadOptions, startLoad } from '../../guest/load.ts';
import { type Change, change, threadLayers } from '../../guest/members.ts';
import { removeTree } from '../../guest/pods.ts';
import { PROGRAMS } from '../../guest/programs.ts';
import { ATTACH_MS } from '../../guest/times.ts';
import { kernelTruth, threadTruth } from '../../guest/truth.ts';
import { until } from '../../guest/until.ts';
import type { Ctx } from '../../runner/case.ts';

export const MOUNT = '/sys/fs/cgroup';
export const SLICE = join(MOUNT, 'lab.slice');
const INITIAL = '/run/members.json';
/** Room for the pods of a large node, and little enough to fill. */
export const CAPACITY = 520;
const MOVED_MS = 20_000;
const GONE_MS = 30_000;

const OWN = { util_range: [0.5, 0.8], cpus_range: [1, 1], weight: 100, slice_us: 20_000, fifo: true };
const NEVER = { disallow_open_after_us: 1e12, disallow_preempt_after_us: 1e12 };
const prefix = (path: string) => [[{ CgroupPrefix: `lab.slice/${path}/` }]];

/** By the rules only what lies in these two slices is not in `rest`. */
export const LAYERS = ['fence', 'crowd', 'other', 'rest'] as const;
export type Layer = (typeof LAYERS)[number];
const CONFIG = [
  { name: 'fence', matches: prefix('fence.slice'), kind: { Confined: { ...OWN, protected: true } } },
  { name: 'crowd', matches: prefix('crowd.slice'), kind: { Confined: { ...OWN, ...NEVER } } },
  { name: 'other', matches: prefix('nothing.slice'), kind: { Grouped: { ...OWN, ...NEVER } } },
  { name: 'rest', matches: [[]], kind: { Grouped: { ...OWN, preempt: true } } },
];

/** A cgroup of the scene, `/` apart from `lab.slice` on. */
export interface Place {
  readonly path: string;
  readonly id: string;
}

export function place(path: string): Place {
  const directory = join(SLICE, path);
  mkdirSync(directory, { recursive: true });
  return { path: directory, id: statSync(directory, { bigint: true }).ino.toString() };
}

/** What is made by `place` and `run` goes with the case. */
export function clearAtEnd(ctx: Ctx): void {
  ctx.after(() => removeTree(SLICE));
}

export async function run(ctx: Ctx, cgroup: Place, load: Omit<LoadOptions, 'cgroup'>): Promise<Load> {
  const it = await startLoad(PROGRAMS.load, { ...load, cgroup: cgroup.path });
  ctx.after(async () => {
    it.kill();
    await until('a load has gone', () => !isThere(it.pid), GONE_MS);
  });
  return it;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Those that do its work; the first one waits for a signal and never wakes up. */
export function workers({ pid }: Load): number[] {
  return readdirSync(`/proc/${pid}/task`)
    .map(Number)
    .filter((tid) => tid !== pid);
}

/** @param initial members that it is given before it attaches */
export async function attach(ctx: Ctx, initial: readonly Change[]): Promise<ByHand> {
  writeMembers(initial);
  const { enableSeq } = kernelTruth();
  const it = start(ctx);
  const attached = (): boolean => kernelTruth().enableSeq > enableSeq || it.hasEnded();
  await until('it is attached', attached, ATTACH_MS, it.output);
  assert.ok(!it.output().includes("unexpected argument '--members'"), NEEDS_PATCH);
  assert.equal(kernelTruth().state, 'enabled', it.output());
  return it;
}

export function start(ctx: Ctx, words: readonly string[] = []): ByHand {
  const all = ['--lo-fb-share', '0.05', '--members', INITIAL, '--max-members', `${CAPACITY}`, ...words];
  return startByHand(ctx, CONFIG, all);
}

/** The file that a scheduler reads before it attaches. */
export function writeMembers(members: readonly Change[]): void {
  writeFileSync(INITIAL, JSON.stringify(members));
}

export const NEEDS_PATCH =
  'this scx_layered has no live membership: give one that was built with patches/, by --scx PATH';

/** What a small collection of garbage may take. */
const PAUSE_MS = 5;

/** Milliseconds, or null where the case itself stood still on the way, which tells nothing of the scheduler. */
export type Time = number | null;

/**
 * Makes a change and waits until those threads are in the layer.
 *
 * @returns from before the change to the last thread's switch
 */
export async function moves(tids: readonly number[], layer: Layer, what: () => unknown): Promise<Time> {
  const longestPause = watchCollections();
  const begun = process.hrtime.bigint();
  await what();
  const isDisturbed = longestPause() > PAUSE_MS;
  let last = 0n;
  await until(
    `${tids.length} threads are in ${layer}`,
    async () => {
      const threads = await threadLayers(tids);
      last = threads.reduce((latest, { changedAtNs }) => (changedAtNs > latest ? changedAtNs : latest), 0n);
      return threads.length === tids.length && threads.every((one) => one.layer === layer && one.current);
    },
    MOVED_MS,
  );
  await areIn(tids, layer);
  return isDisturbed ? null : Number(last - begun) / 1e6;
}

/** By the oracle, which asks the kernel and not the scheduler. */
export async function areIn(tids: readonly number[], layer: Layer): Promise<void> {
  const layers = new Map((await threadTruth(PROGRAMS.layerOf))?.map((thread) => [thread.tid, thread.layer]));
  const index = LAYERS.indexOf(layer);
  const wrong = tids.filter((tid) => layers.get(tid) !== index).map((tid) => `${tid} in ${layers.get(tid)}`);
  assert.deepEqual(wrong, [], `threads that are not in ${layer}`);
}

/** All of it has to be applied. */
export async function set(layer: Layer | null, ...places: readonly Place[]): Promise<void> {
  const outcome = await change(places.map(({ id }) => ({ cgroup: id, layer })));
  assert.deepEqual(outcome, { applied: places.length, refused: [] });
}
