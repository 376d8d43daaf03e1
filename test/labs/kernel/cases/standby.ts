/** A scheduler that waits beside the attached one and takes its place: what `patches/` adds to scx_layered, without the agent. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { READY } from '../../../../agent/scheduler/children.ts';
import type { ByHand } from '../guest/by-hand.ts';
import { owning } from '../guest/fence.ts';
import { handOver } from '../guest/handover.ts';
import { capabilities, members } from '../guest/members.ts';
import { ATTACH_MS, STOCK_MS } from '../guest/times.ts';
import { kernelTruth } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { round } from './membership/moves.ts';
import {
  areIn,
  attach,
  clearAtEnd,
  MOUNT,
  NEEDS_PATCH,
  type Place,
  place,
  run,
  SLICE,
  start,
  workers,
  writeMembers,
} from './membership/scene.ts';

const ONLINE = '/sys/devices/system/cpu/cpu3/online';
const MIB = 1024 ** 2;
const WAITED_MS = 2_000;
const RUN_MS = 5_000;

async function standby(ctx: Ctx): Promise<void> {
  ctx.after(() => writeFileSync(ONLINE, '1'));
  clearAtEnd(ctx);
  const pod = place('pods.slice/early.slice');
  const load = await run(ctx, pod, { mode: 'hog', threads: 2, name: 'early' });
  const first = await attach(ctx, []);
  assert.equal((await capabilities())?.standby?.version, 1, NEEDS_PATCH);

  const own = place('standby.slice');
  countMemory();
  const second = await waiting(ctx, 'free', own);
  await costs(ctx, second, own);
  const member = { cgroup: pod.id, layer: 'other' };
  writeMembers([member]);
  await takesOver(ctx, first, second, 'SIGTERM');
  assert.deepEqual((await members()).members, [member], 'as the file was at the end, not at its start');
  await until(
    'the hogs have run',
    async () =>
      areIn(workers(load), 'other').then(
        () => true,
        () => false,
      ),
    RUN_MS,
  );

  await untouched('SIGTERM', await waiting(ctx, 'told'), ({ child }) => child.kill('SIGTERM'));
  await untouched('the end of stdin', await waiting(ctx, 'told'), ({ child }) => child.stdin?.end());

  const third = await waiting(ctx, 'told');
  third.child.stdin?.write('attach\n');
  await takesOver(ctx, second, third, 'SIGKILL');

  await hotplug(await waiting(ctx, 'free'), third);
}

/** Of each cgroup of the scene. */
function countMemory(): void {
  for (const above of [MOUNT, SLICE]) writeFileSync(`${above}/cgroup.subtree_control`, '+memory');
}

/** It has loaded; the one that is attached has not noticed it, and still answers. @param own where it is, from its first moment on */
async function waiting(ctx: Ctx, release: 'free' | 'told', own?: Place): Promise<ByHand> {
  const before = kernelTruth();
  const { members: entries } = await members();
  const it = start(ctx, ['--standby', release]);
  if (own !== undefined) writeFileSync(`${own.path}/cgroup.procs`, `${it.child.pid}`);
  const isReady = () => it.output().split('\n').includes(READY) || it.hasEnded();
  ctx.figure('standby: from start to ready', await until('it is ready', isReady, ATTACH_MS, it.output), 'ms');
  assert.ok(!it.hasEnded(), it.output());
  assert.deepEqual(kernelTruth(), before);
  assert.deepEqual((await members()).members, entries);
  return it;
}

async function costs(ctx: Ctx, { child: { pid } }: ByHand, own: Place): Promise<void> {
  const ran = (): number => Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  const [begun, used] = [performance.now(), ran()];
  await new Promise((resolve) => setTimeout(resolve, WAITED_MS));
  const share = (100 * (ran() - used)) / (performance.now() - begun);
  ctx.figure('a waiting standby: of one CPU', round(share), '%');
  const [, kib = '0'] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  ctx.figure('a waiting standby: resident', round(Number(kib) / 1024), 'MiB');
  const charged = Number(readFileSync(`${own.path}/memory.current`, 'utf8'));
  ctx.figure('a waiting standby: memory in all, its maps in the kernel as well', round(charged / MIB), 'MiB');
}

async function takesOver(ctx: Ctx, from: ByHand, to: ByHand, signal: NodeJS.Signals): Promise<void> {
  const { all, stock } = await handOver(() => from.child.kill(signal), to.output);
  ctx.figure(`${signal}: until the next one is attached`, round(all), 'ms');
  ctx.figure(`${signal}: without a scheduler`, round(stock), 'ms');
  assert.equal(await from.ended, signal === 'SIGKILL' ? signal : 0, from.output());
  const begun = performance.now();
  await owning('crowd', (count) => count === 1);
  ctx.figure(`${signal}: until its layers own CPUs`, round(performance.now() - begun), 'ms');
  assert.ok(!to.hasEnded(), to.output());
}

/** What ends a standby while it waits changes nothing for the one that is attached. */
async function untouched(what: string, it: ByHand, end: (it: ByHand) => void): Promise<void> {
  const before = kernelTruth();
  end(it);
  assert.equal(await it.ended, 1, `${what}: ${it.output()}`);
  assert.deepEqual(kernelTruth(), before, what);
}

/** The kernel lets go of the attached one, and the standby has loaded for other CPUs. */
async function hotplug(it: ByHand, attached: ByHand): Promise<void> {
  const { enableSeq } = kernelTruth();
  await writeFile(ONLINE, '0');
  assert.equal(await it.ended, 1, it.output());
  assert.match(it.output(), /the CPUs have changed/);
  assert.equal(kernelTruth().enableSeq, enableSeq, 'it has not attached');
  attached.child.kill('SIGKILL');
  await until('the kernel is on stock', () => kernelTruth().state === 'disabled', STOCK_MS);
}

export const STANDBY: readonly Case[] = [
  {
    name: 'standby',
    what: 'patched scx_layered by hand: one waits beside the attached one and takes its place, however that one ends',
    deadlineMs: 300_000,
    machine: { cpus: 4 },
    run: standby,
  },
];
