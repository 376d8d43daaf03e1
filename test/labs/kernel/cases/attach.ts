import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernelTruth, layerStatistics } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { startByHand } from './by-hand.ts';

const CGROUP = '/sys/fs/cgroup';
const ATTACH_MS = 300_000;

const common = { weight: 100, slice_us: 20_000, fifo: true, exclusive: false };
const CONFIG = [
  {
    name: 'first',
    matches: [[{ CgroupPrefix: 'lab.slice/first.scope/' }]],
    kind: { Grouped: { util_range: [0.5, 0.8], cpus_range: [1, 1], protected: false, preempt: true, ...common } },
  },
  {
    name: 'rest',
    matches: [[]],
    kind: { Grouped: { util_range: [0.5, 0.8], cpus_range: [1, 1], protected: false, preempt: true, ...common } },
  },
];

async function run(ctx: Ctx): Promise<void> {
  const begun = performance.now();
  busyIn(ctx, 'lab.slice/first.scope');
  busyIn(ctx, 'lab.slice/other.scope');
  assert.equal(kernelTruth().state, 'disabled');
  const scheduler = startByHand(ctx, CONFIG);
  const ms = await until('it is attached', () => kernelTruth().state === 'enabled', ATTACH_MS, scheduler.output);
  ctx.figure('from start to enabled', Math.round(ms), 'ms');
  ctx.figure('from boot to enabled', Math.round(performance.now()), 'ms since the runner began');
  assert.match(kernelTruth().ops, /^layered_1\.1\.4_/);

  let tasks: Record<string, number> = {};
  await until(
    'the layers have the tasks',
    async () => {
      const layers = await layerStatistics();
      tasks = Object.fromEntries([...layers].map(([name, { tasks }]) => [name, tasks]));
      return (tasks['first'] ?? 0) >= 1 && (tasks['rest'] ?? 0) > 1;
    },
    20_000,
    () => JSON.stringify(tasks) + scheduler.output(),
  );
  ctx.log(`tasks by layer: ${JSON.stringify(tasks)}`);

  const asked = performance.now();
  scheduler.child.kill('SIGTERM');
  await until('the kernel is on stock', () => kernelTruth().state === 'disabled', 10_000);
  ctx.figure('from SIGTERM to disabled', Math.round(performance.now() - asked), 'ms');
  ctx.log(`it ended with ${await scheduler.ended} and said:\n${scheduler.output()}`);
  ctx.log(`${begun}`);
}

function busyIn(ctx: Ctx, path: string): void {
  const folder = join(CGROUP, path);
  mkdirSync(folder, { recursive: true });
  const child = spawn('sh', ['-c', 'while :; do :; done']);
  writeFileSync(join(folder, 'cgroup.procs'), String(child.pid));
  ctx.after(async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    rmdirSync(folder);
    try {
      rmdirSync(join(CGROUP, 'lab.slice'));
    } catch {}
  });
}

export const attach: Case = {
  name: 'attach',
  what: 'the real scx_layered by hand: enabled, statistics answer, SIGTERM ends it',
  deadlineMs: 420_000,
  run,
};
