/** Loads under which the stock binary is ejected, by hand and with a watchdog of little patience. What is built with `patches/` lives. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { type ByHand, startByHand } from '../guest/by-hand.ts';
import type { Load, LoadOptions } from '../guest/load.ts';
import { capabilities } from '../guest/members.ts';
import { runnable } from '../guest/stable.ts';
import { ATTACH_MS } from '../guest/times.ts';
import { kernelTruth, layerStatistics } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import { type Classes, longestWaits, waits } from '../guest/waits.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { kernelLog, uptime } from '../runner/kernel-log.ts';
import { clearAtEnd, place, run } from './membership/scene.ts';

const LOOK_MS = 3_000;
const SETTLE_MS = 2_000;
const HOG = { mode: 'hog' } as const;
const NEVER = { disallow_open_after_us: 1e12, disallow_preempt_after_us: 1e12 };
const NUMBERS = { util_range: [0.25, 0.5], weight: 100, slice_us: 3_000, fifo: true };

interface Scene {
  readonly name: string;
  /** By the name of its layer, which is that of its cgroup; the last one takes whatever is in none of them. */
  readonly kinds: Readonly<Record<string, unknown>>;
  readonly loads: ReadonlyArray<readonly [layer: string, load: Omit<LoadOptions, 'cgroup'>]>;
  /** Of each CPU, for the queue of those whose layer owns none or who are pinned. @default 0.25, as the agent has it */
  readonly lowFallback?: number;
  readonly seconds: number;
  /** The kernel's own is 30 s, and ends the scheduler when anybody has waited for so long. */
  readonly watchdogMs: number;
  readonly mostMs: number;
}

const HOST = { Grouped: { ...NUMBERS, cpus_range: [1, 1], weight: 10_000, preempt: true } };
const pinned = (cpu: number) => ({ ...HOG, name: `pinned-${cpu}`, pin: cpu });

const SCENES: readonly Scene[] = [
  {
    name: 'virtual time and nice 19',
    kinds: { normal: { Grouped: { ...NUMBERS, ...NEVER, fifo: false, cpus_range: [1, 1] } }, host: HOST },
    loads: [
      ['normal', { ...HOG, threads: 64 }],
      ['normal', { ...HOG, name: 'nice-19', nice: 19, threads: 2 }],
    ],
    seconds: 14,
    watchdogMs: 6_000,
    mostMs: 5_000,
  },
  {
    name: 'a crowd beside a fence',
    kinds: {
      fenced: { Confined: { ...NUMBERS, cpus_range: [1, 1], weight: 10_000, preempt: true, protected: true } },
      normal: { Grouped: { ...NUMBERS, ...NEVER, cpus_range: [0, 0] } },
      system: { Grouped: { ...NUMBERS, cpus_range: [0, 0], preempt: true } },
      host: HOST,
    },
    loads: [
      ['fenced', { ...HOG, threads: 2 }],
      ['system', { ...HOG, threads: 2 }],
      ['system', { mode: 'sleeper', name: 'naps', threads: 4 }],
      ['host', { ...HOG, threads: 2 }],
      ...[0, 1].flatMap((cpu) => [['normal', pinned(cpu)] as const, ['host', pinned(cpu)] as const]),
      ['normal', { ...HOG, name: 'crowd', threads: 4_000, held: true }],
    ],
    seconds: 20,
    watchdogMs: 15_000,
    mostMs: 12_000,
  },
  {
    name: 'pinned to a fence',
    kinds: {
      fenced: { Confined: { ...NUMBERS, cpus_range: [1, 1], weight: 10_000, preempt: true, protected: true } },
      normal: { Grouped: { ...NUMBERS, ...NEVER, cpus_range: [0, 0] } },
      host: HOST,
    },
    loads: [
      ['fenced', { ...HOG, threads: 2 }],
      ['host', { ...HOG, threads: 2 }],
      ...[0, 1].flatMap((cpu) => [
        ['normal', { ...pinned(cpu), nice: 19, threads: 2 }] as const,
        ['normal', { mode: 'sleeper', name: `nap-${cpu}`, pin: cpu, nice: 19 }] as const,
      ]),
    ],
    lowFallback: 0,
    seconds: 20,
    watchdogMs: 6_000,
    mostMs: 5_500,
  },
];

async function starvation(ctx: Ctx): Promise<void> {
  clearAtEnd(ctx);
  ctx.after(() => void delete process.env['SCX_TIMEOUT_MS']);
  for (const scene of SCENES) await holds(ctx, scene);
}

async function holds(ctx: Ctx, scene: Scene): Promise<void> {
  process.env['SCX_TIMEOUT_MS'] = `${scene.watchdogMs}`;
  const names = Object.keys(scene.kinds);
  const scheduler = await attached(ctx, scene);
  ctx.log(`${scene.name}: instructions that the verifier looked at: ${verified(scheduler).join(', ')}`);
  await layerStatistics();
  const isPatched = (await capabilities()) !== null;
  const before = await waits();
  const since = uptime();
  const loads: Load[] = [];
  for (const [layer, load] of scene.loads) loads.push(await run(ctx, place(`${layer}.slice`), load));
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  for (const load of loads) load.release();
  const classes: Classes = new Map([
    ['kernel threads', ['']],
    ...names.map((name): [string, string[]] => [name, [`lab.slice/${name}.slice`]]),
  ]);
  for (const begun = uptime(); uptime() - begun < scene.seconds; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const longest = longestWaits(await waits(), before, classes);
    const told = [...longest].map(([name, { maxMs, comm }]) => `${name} ${Math.round(maxMs)} ms (${comm})`);
    const after = `${(uptime() - begun).toFixed(1)} s`;
    ctx.log(`${after}: ${runnable()} threads want a CPU; ${told.join(', ')}`);
    if (!isPatched && kernelTruth().state !== 'enabled') return await ejected(ctx, scene, loads, scheduler);
    assert.equal(kernelTruth().state, 'enabled', `${scene.name}: ejected within ${after}\n${scheduler.output()}`);
  }
  const longest = longestWaits(await waits(), before, classes);
  for (const [name, { maxMs }] of longest) ctx.figure(`${scene.name}: ${name}`, Math.round(maxMs), 'ms');
  assert.ok(isPatched, `${scene.name}: the stock binary is ejected`);
  assert.deepEqual(kernelLog(since).bad, []);
  for (const load of loads) load.kill();
  scheduler.child.kill('SIGTERM');
  assert.equal(await scheduler.ended, 0, scheduler.output());
  for (const [name, { maxMs }] of longest) assert.ok(maxMs < scene.mostMs, `${scene.name}: ${name} waited ${maxMs} ms`);
}

/** The control: without the patches it is too much. */
async function ejected(ctx: Ctx, { name }: Scene, loads: readonly Load[], scheduler: ByHand): Promise<void> {
  for (const load of loads) load.kill();
  ctx.log(`${name}: ejected, as it should be without the patches: ${await scheduler.ended}`);
  assert.match(scheduler.output(), /failed to run for|stall/);
}

async function attached(ctx: Ctx, { kinds, lowFallback = 0.25 }: Scene): Promise<ByHand> {
  const layers = Object.entries(kinds).map(([name, kind], index, all) => {
    const matches = index === all.length - 1 ? [[]] : [[{ CgroupPrefix: `lab.slice/${name}.slice/` }]];
    return { name, matches, kind };
  });
  const { enableSeq } = kernelTruth();
  const scheduler = startByHand(ctx, layers, ['--lo-fb-share', `${lowFallback}`]);
  const isAttached = (): boolean => kernelTruth().enableSeq > enableSeq || scheduler.hasEnded();
  await until('it is attached', isAttached, ATTACH_MS, scheduler.output);
  assert.equal(kernelTruth().state, 'enabled', scheduler.output());
  return scheduler;
}

/** Of each program that it has loaded, the largest first: the kernel's limit is a million. */
function verified({ child }: ByHand): number[] {
  const folder = `/proc/${child.pid}/fdinfo`;
  const numbers = readdirSync(folder).flatMap((fd) => {
    const found = /^verified_insns:\s*(\d+)/m.exec(readFileSync(`${folder}/${fd}`, 'utf8'));
    return found === null ? [] : [Number(found[1])];
  });
  return numbers.sort((one, other) => other - one);
}

export const STARVATION: readonly Case[] = [
  {
    name: 'starvation',
    what: 'nice 19 by virtual time, 4,000 threads, pinned ones on a fence: a patched scheduler lives, and nobody waits long',
    deadlineMs: 600_000,
    onRequest: 'it has passed, and takes too long for each run',
    run: starvation,
  },
];
