import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { LabAgent } from '../../guest/agent.ts';
import { kernelTruth } from '../../guest/truth.ts';
import { until } from '../../guest/until.ts';
import type { Ctx } from '../../runner/case.ts';
import { enforces, survives, underLoad } from './scene.ts';

/** Without a limit, real-time threads may have a CPU for ever. */
const REAL_TIME = '/proc/sys/kernel/sched_rt_runtime_us';
/** The kernel keeps a little time of each CPU for the threads of a scheduler, whatever real-time threads do, unless told not to. */
const SERVER = '/sys/kernel/debug/sched/ext_server/cpu1/runtime';
/** A thread that has waited for so long: the watchdog's time, and half of it until it looks. */
const WATCHDOG_MS = 60_000;
/** A kernel thread of RCU starves as well: its own time is over after 21 s, and that would be before the watchdog's. */
const RCU_IS_SILENT = '/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress';

/** Asked for by SysRq-S. */
export async function bySysRq(ctx: Ctx): Promise<void> {
  const scene = await underLoad(ctx);
  const agent = scene.node.startAgent();
  await enforces(ctx, scene, agent);
  const act = (): void => writeFileSync('/proc/sysrq-trigger', 'S');
  await survives(ctx, scene, { what: 'ejected by SysRq-S', act, agent: () => agent });
  calledEjection(agent, /SysRq-S/i);
}

/** A thread that may run on one CPU only, and a real-time hog that keeps that CPU: it starves until the watchdog sees it. */
export async function byStarvation(ctx: Ctx): Promise<void> {
  const scene = await underLoad(ctx);
  const { node } = scene;
  const agent = node.startAgent();
  await enforces(ctx, scene, agent);
  for (const [file, value] of [
    [REAL_TIME, '-1'],
    [SERVER, '0'],
    [RCU_IS_SILENT, '1'],
  ] as const) {
    const before = readFileSync(file, 'utf8').trim();
    ctx.after(() => writeFileSync(file, before));
    writeFileSync(file, value);
  }
  await node.addPod({ name: 'pinned', tier: 'normal', loads: [{ mode: 'hog', pin: 1 }] });
  const hog = await node.load('system.slice', { mode: 'hog', name: 'real-time', policy: 'fifo', pin: 1 });
  const begun = performance.now();
  await until('the kernel lets go of it', () => kernelTruth().state !== 'enabled', WATCHDOG_MS);
  ctx.figure('from the real-time hog to the ejection', performance.now() - begun, 'ms');
  // The kernel itself cannot go on to stock while a CPU is not to be had: it waits there until the hog ends.
  await survives(ctx, scene, { what: 'ejected for a starved thread', act: () => hog.kill(), agent: () => agent });
  calledEjection(agent, /runnable task stall/);
}

function calledEjection({ log }: LabAgent, says: RegExp): void {
  const told = log.filter((line) => line.includes('"class":"ejected"'));
  assert.equal(told.length, 1, `told once, as an ejection:\n${log.slice(-10).join('\n')}`);
  assert.match(told[0] ?? '', says);
}
