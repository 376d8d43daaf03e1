import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { startByHand } from '../guest/by-hand.ts';
import { startLoad } from '../guest/load.ts';
import { removeTree } from '../guest/pods.ts';
import { PROGRAMS } from '../guest/programs.ts';
import { ATTACH_MS } from '../guest/times.ts';
import { kernelTruth, layerStatistics } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';

const SLICE = '/sys/fs/cgroup/lab.slice';
const PLACES = ['first.scope', 'other.scope'];
const NUMBERS = { util_range: [0.5, 0.8], cpus_range: [1, 1], weight: 100, slice_us: 20_000, fifo: true };
const KIND = { Grouped: { ...NUMBERS, protected: false, preempt: true, exclusive: false } };
const CONFIG = [
  { name: 'first', matches: [[{ CgroupPrefix: 'lab.slice/first.scope/' }]], kind: KIND },
  { name: 'rest', matches: [[]], kind: KIND },
];
const LAYERS_MS = 30_000;
const DETACH_MS = 10_000;

/** By hand, so that what the agent does later stands on what the binary does alone. */
async function run(ctx: Ctx): Promise<void> {
  mkdirSync(SLICE);
  ctx.after(() => removeTree(SLICE));
  for (const place of PLACES) await sleeperIn(ctx, `${SLICE}/${place}`);
  const { state, enableSeq } = kernelTruth();
  assert.equal(state, 'disabled');
  const scheduler = startByHand(ctx, CONFIG);
  // The kernel counts an attach a moment after it has told of it.
  const isAttached = (): boolean => {
    const now = kernelTruth();
    return (now.state === 'enabled' && now.enableSeq > enableSeq) || scheduler.hasEnded();
  };
  ctx.figure('from start to enabled', await until('it is attached', isAttached, ATTACH_MS, scheduler.output), 'ms');
  const truth = kernelTruth();
  assert.equal(truth.state, 'enabled', scheduler.output());
  assert.match(truth.ops, /^layered_1\.1\.4_/);
  assert.ok(truth.enableSeq > enableSeq);

  let tasks = new Map<string, number>();
  await until(
    'the layers have the tasks that ran',
    async () => {
      tasks = new Map([...(await layerStatistics())].map(([name, layer]) => [name, layer.tasks]));
      return (tasks.get('first') ?? 0) >= 1 && (tasks.get('rest') ?? 0) > 1;
    },
    LAYERS_MS,
    () => `${JSON.stringify([...tasks])} ${scheduler.output()}`,
  );
  ctx.log(`tasks by layer: ${JSON.stringify([...tasks])}`);

  scheduler.child.kill('SIGTERM');
  const isStock = (): boolean => kernelTruth().state === 'disabled';
  ctx.figure('from SIGTERM to disabled', await until('the kernel is on stock', isStock, DETACH_MS), 'ms');
  assert.equal(await scheduler.ended, 0, scheduler.output());
}

async function sleeperIn(ctx: Ctx, cgroup: string): Promise<void> {
  mkdirSync(cgroup);
  ctx.after(() => removeTree(cgroup));
  const load = await startLoad(PROGRAMS.load, { cgroup, mode: 'sleeper' });
  ctx.after(async () => void (await load.end()));
}

export const attach: Case = {
  name: 'attach',
  what: 'the real scx_layered by hand: enabled, statistics answer, SIGTERM ends it',
  deadlineMs: 480_000,
  run,
};
