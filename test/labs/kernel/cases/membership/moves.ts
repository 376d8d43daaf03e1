/** Threads that are there already: asleep, spinning, or moved to another cgroup. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { percentilesOf } from '../../guest/probe.ts';
import type { Ctx } from '../../runner/case.ts';
import { type Layer, moves, type Place, place, run, set, type Time, workers } from './scene.ts';

const FLIPS = 10;
const TRACED = 3;
/** From the request to the last thread's switch; a clock that counts instructions makes no time shorter. */
const GOAL_MS = 50;

/** Says them and holds the worst to the goal. */
export function judged(ctx: Ctx, what: string, times: readonly Time[]): void {
  const worst = told(ctx, what, times);
  assert.ok(worst <= GOAL_MS, `${what}: within ${GOAL_MS} ms, not ${worst}`);
}

/** @returns the worst of them */
export function told(ctx: Ctx, what: string, times: readonly Time[]): number {
  const counted = times.filter((time) => time !== null);
  assert.ok(counted.length >= times.length / 2, `${what}: most of the times tell something of the scheduler`);
  const { p50, worst } = percentilesOf(counted);
  ctx.figure(`${what}, p50`, round(p50), 'ms');
  ctx.figure(`${what}, worst of ${counted.length}`, round(worst), 'ms');
  return worst;
}

/** There by a set, and back by its deletion, some times over. */
export async function flips(threads: readonly number[], at: Place, from: Layer, to: Layer, turns = FLIPS) {
  const there: Time[] = [];
  const back: Time[] = [];
  for (let turn = 0; turn < turns; turn++) {
    there.push(await moves(threads, to, () => set(to, at)));
    back.push(await moves(threads, from, () => set(null, at)));
  }
  return { there, back };
}

export async function asleepAndSpinning(ctx: Ctx): Promise<void> {
  for (const [mode, name] of [
    ['sleeper', 'asleep'],
    ['hog', 'spinning'],
  ] as const) {
    const at = place(`pods.slice/${name}.slice/container.scope`);
    const load = await run(ctx, at, { mode, name, work: 500 });
    const { there, back } = await flips(workers(load), at, 'rest', 'other');
    judged(ctx, `${name}: from the request to its switch`, [...there, ...back]);
    load.kill();
  }
}

/** From one cgroup to another, neither of which changes. */
export async function toAnotherCgroup(ctx: Ctx): Promise<void> {
  const from = place('pods.slice/from.slice');
  const to = place('pods.slice/to.slice');
  await set('other', to);
  for (const mode of ['sleeper', 'hog'] as const) {
    const load = await run(ctx, from, { mode, threads: 3, name: 'wanderer', work: 500 });
    const move = (where: Place) => writeFileSync(join(where.path, 'cgroup.procs'), `${load.pid}`);
    const times: Time[] = [];
    for (let turn = 0; turn < FLIPS; turn++) {
      times.push(await moves(workers(load), 'other', () => move(to)));
      times.push(await moves(workers(load), 'rest', () => move(from)));
    }
    judged(ctx, `three ${mode}s to another cgroup`, times);
    load.kill();
  }
}

/**
 * While a BPF program runs a thread may be preempted but not go to another CPU, and the kernel queues it without a word to the
 * scheduler: it waits for its next tick elsewhere, and works on.
 */
export async function withinBpf(ctx: Ctx): Promise<void> {
  const at = place('pods.slice/traced.slice');
  const load = await run(ctx, at, { mode: 'traced', threads: TRACED });
  const times: Time[] = [];
  let done = 0;
  for (let turn = 0; turn < FLIPS; turn++) {
    for (const layer of ['other', 'rest'] as const) {
      times.push(await moves(workers(load), layer, () => set(layer === 'rest' ? null : layer, at)));
      const { units } = await load.report();
      assert.ok(units > done, `in ${layer} they work`);
      done = units;
    }
  }
  told(ctx, 'within a BPF program half of the time', times);
  load.kill();
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
