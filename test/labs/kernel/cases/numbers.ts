/** Numbers of layers that change while the scheduler stays attached: what `patches/` adds to scx_layered, without the agent. */
import assert from 'node:assert/strict';
import { ownedBy, owning } from '../guest/fence.ts';
import { ask, capabilities } from '../guest/members.ts';
import { changeNumbers, numbers } from '../guest/numbers.ts';
import { kernelTruth, layerStatistics } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import { usedBy } from '../guest/usage.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { round } from './membership/moves.ts';
import { attach, clearAtEnd, LAYERS, type Layer, NEEDS_PATCH, place, run } from './membership/scene.ts';

const MOUNT = '/sys/fs/cgroup';
const MEASURED_MS = 1_500;
const SHARED_MS = 10_000;
const ROUNDS = 5;

async function liveNumbers(ctx: Ctx): Promise<void> {
  clearAtEnd(ctx);
  const scheduler = await attach(ctx, []);
  const { enableSeq } = kernelTruth();
  assert.equal((await capabilities())?.layers?.version, 1, NEEDS_PATCH);
  const fenced = await run(ctx, place('fence.slice/container.scope'), { mode: 'hog', name: 'fenced', threads: 4 });
  await grows(ctx);
  // A layer with load has a CPU, whatever its weight.
  fenced.kill();
  await shares(ctx);
  await inTheProgramsToo(ctx);
  await refused();

  const { state, enableSeq: after } = kernelTruth();
  assert.deepEqual([state, after], ['enabled', enableSeq], scheduler.output());
  scheduler.child.kill('SIGTERM');
  assert.equal(await scheduler.ended, 0, scheduler.output());
}

/** The fence takes the CPU that a layer without tasks gives up, and gives it back: both in one request. */
async function grows(ctx: Ctx): Promise<void> {
  const times: number[] = [];
  for (let turn = 0; turn < ROUNDS; turn++) {
    times.push(await owns('fence', 2, [{ layer: 'other', cpus_range: [0, 0] }, fence(2)]));
    if (turn === 0) await uses(ctx, 2);
    times.push(await owns('fence', 1, [fence(1), { layer: 'other', cpus_range: [1, 1] }]));
    if (turn === 0) await uses(ctx, 1);
  }
  ctx.figure(`from a new cpus_range to as many CPUs, median of ${times.length}`, median(times), 'ms');
  ctx.figure('the same, worst', Math.max(...times), 'ms');
}

const fence = (cpus: number) => ({ layer: 'fence', cpus_range: [cpus, cpus] });

/** Its four hogs use as many CPUs as it owns: it is Confined. */
async function uses(ctx: Ctx, cpus: number): Promise<void> {
  const measure = () => new Promise((resolve) => setTimeout(resolve, MEASURED_MS));
  const [used] = await usedBy(MOUNT, ['lab.slice/fence.slice'], measure);
  ctx.figure(`CPUs used with a fence of ${cpus}`, round(used?.cpus ?? 0), '');
  assert.ok(Math.abs((used?.cpus ?? 0) - cpus) < 0.25, `it uses ${used?.cpus} CPUs of ${cpus}`);
}

/** Two layers that want all there is: three CPUs are shared by weight. */
async function shares(ctx: Ctx): Promise<void> {
  await apply([{ layer: 'fence', cpus_range: [0, 1] }]);
  const all = { cpus_range: [0, 4], weight: 100 };
  await apply([
    { layer: 'crowd', ...all },
    { layer: 'other', ...all },
  ]);
  const here = place('crowd.slice/container.scope');
  const there = place('nothing.slice/container.scope');
  await run(ctx, here, { mode: 'hog', name: 'crowd', threads: 4 });
  await run(ctx, there, { mode: 'hog', name: 'other', threads: 4 });
  const more = async (layer: Layer, than: Layer): Promise<void> => {
    await apply([
      { layer, weight: 1000 },
      { layer: than, weight: 100 },
    ]);
    const begun = performance.now();
    let owned: number[] = [];
    await until(
      `${layer} owns more than ${than}`,
      async () => {
        const layers = await layerStatistics();
        owned = LAYERS.map((name) => ownedBy(layers, name).length);
        return ownedBy(layers, layer).length > ownedBy(layers, than).length;
      },
      SHARED_MS,
      () => `${LAYERS} own ${owned}`,
    );
    ctx.figure(`${layer} at weight 1000 against 100: to more CPUs`, round(performance.now() - begun), 'ms');
  };
  await more('crowd', 'other');
  await more('other', 'crowd');
}

/** The statistics have the slice as the BPF programs have it. */
async function inTheProgramsToo(ctx: Ctx): Promise<void> {
  const begun = performance.now();
  await apply([{ layer: 'crowd', slice_us: 3000, util_range: [0.25, 0.5] }]);
  ctx.figure('a request with one change', round(performance.now() - begun), 'ms');
  assert.equal((await layerStatistics()).get('crowd')?.slice_us, 3000);
  const { slice_us, util_range } = (await numbers()).get('crowd') ?? {};
  assert.deepEqual([slice_us, util_range], [3000, [0.25, 0.5]]);
}

/** What cannot be changes nothing, nor does what stands beside it. */
async function refused(): Promise<void> {
  const before = [...(await numbers()).values()];
  const good = { layer: 'rest', weight: 7 };
  const bad: ReadonlyArray<readonly [change: unknown, why: string]> = [
    [{ layer: 'nobody', weight: 7 }, 'unknown-layer'],
    [{ layer: 'crowd', fifo: false }, 'malformed'],
    [{ layer: 'crowd', weight: null }, 'malformed'],
    [{ layer: 'crowd', cpus_range: [3, 2] }, 'invalid'],
    [{ layer: 'crowd', cpus_range: [0, 5] }, 'invalid'],
    [{ layer: 'crowd', util_range: [0.8, 0.5] }, 'invalid'],
    [{ layer: 'crowd', slice_us: 0 }, 'invalid'],
  ];
  for (const [change, why] of bad) {
    const { applied, refused } = await changeNumbers([good, change]);
    assert.equal(applied, 0);
    assert.deepEqual(
      refused.map((one) => [one.change, one.why]),
      [[1, why]],
      JSON.stringify(change),
    );
  }
  assert.equal((await ask('layers', { changes: '{}' })).errno, 22);
  assert.deepEqual([...(await numbers()).values()], before);
}

/** @returns milliseconds until the statistics say so */
async function owns(layer: Layer, cpus: number, changes: readonly unknown[]): Promise<number> {
  const begun = performance.now();
  await apply(changes);
  await owning(layer, (count) => count === cpus);
  return round(performance.now() - begun);
}

async function apply(changes: readonly unknown[]): Promise<void> {
  assert.deepEqual(await changeNumbers(changes), { applied: changes.length, refused: [] });
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

export const NUMBERS: readonly Case[] = [
  {
    name: 'live-numbers',
    what: 'patched scx_layered by hand: layers get other numbers while it stays attached, and refuse those that cannot be',
    deadlineMs: 240_000,
    machine: { cpus: 4 },
    run: liveNumbers,
  },
];
