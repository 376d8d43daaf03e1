import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { LabAgent } from '../guest/agent.ts';
import { attached, childless, rightLayers, status, stock } from '../guest/checks.ts';
import { ownedBy } from '../guest/fence.ts';
import { type LabNode, labNode, SAFE_MODE_FILE } from '../guest/node.ts';
import { ownedCpus } from '../guest/owned.ts';
import { ATTACH_MS, STATUS_MS, STOCK_MS } from '../guest/times.ts';
import { kernelTruth, layerStatistics } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Ctx } from '../runner/case.ts';

const ONLINE = '/sys/devices/system/cpu/cpu1/online';
/** A layer gives its CPUs back when it has used none for some seconds. */
const IDLE_MS = 60_000;
/** The kernel's watchdog: 30 s, and half of it until it looks. */
const WATCHDOG_MS = 45_000;

/** Nobody's own CPU stays: the kernel lets go at once, also beside hogs. */
export async function offline(ctx: Ctx): Promise<void> {
  const node = await nodeOf(ctx);
  const high = await node.addPod({ name: 'high', tier: 'high', loads: [{ mode: 'sleeper' }] });
  const normal = await node.addPod({ name: 'normal', tier: 'normal', loads: [{ mode: 'hog', threads: 2 }] });
  node.freeze(normal, true);
  const agent = node.startAgent();
  await status(node, agent, 'enforcing');
  node.freeze(high, true);
  await until('High owns no CPU', async () => (await ownedCpus())['high'] === 0, IDLE_MS);

  node.freeze(normal, false);
  await goes(ctx, STOCK_MS);
  node.freeze(normal, true);
  await isTold(ctx, node, agent);
  node.freeze(high, false);
  await comesBack(ctx, node, agent);
  node.freeze(normal, false);
  await rightLayers(ctx, node);
  await noFailure(agent);
}

/**
 * All but the fence goes. The kernel bars the CPU from scheduling, then waits for RCU, and only then tells the scheduler.
 * A thread of the host that has to queue meanwhile, as RCU's own does on a busy node, waits for a CPU that serves its
 * queue, and there is none: until the watchdog ends the scheduler, nothing of the host runs.
 */
export async function offlineBesideTheFence(ctx: Ctx): Promise<void> {
  const node = await nodeOf(ctx);
  const busy = [{ mode: 'hog', threads: 2 }] as const;
  const critical = await node.addPod({ name: 'critical', tier: 'critical', requestMilli: 500, loads: busy });
  const normal = await node.addPod({ name: 'normal', tier: 'normal', loads: busy });
  const freeze = (frozen: boolean): void => {
    for (const pod of [critical, normal]) node.freeze(pod, frozen);
  };
  freeze(true);
  const agent = node.startAgent();
  await status(node, agent, 'enforcing');
  await until('the host owns CPU 1 only', async () => `${ownedBy(await layerStatistics(), 'host')}` === '1', STATUS_MS);
  freeze(false);
  await goes(ctx, WATCHDOG_MS);
  freeze(true);
  await isTold(ctx, node, agent);
  await comesBack(ctx, node, agent);
  freeze(false);
  await rightLayers(ctx, node);
  await noFailure(agent);

  writeFileSync(SAFE_MODE_FILE, '');
  await stock();
  const begun = performance.now();
  await writeFile(ONLINE, '0');
  const ms = performance.now() - begun;
  ctx.figure('CPU offline, in safe mode', ms, 'ms');
  assert.ok(ms < STOCK_MS, `safe mode did not help: ${ms} ms`);
}

async function nodeOf(ctx: Ctx): Promise<LabNode> {
  ctx.after(() => writeFileSync(ONLINE, '1'));
  return await labNode(ctx);
}

async function goes(ctx: Ctx, withinMs: number): Promise<void> {
  const begun = performance.now();
  // The kernel answers only when the CPU is offline.
  const written = writeFile(ONLINE, '0').then(() => ctx.figure('CPU offline', performance.now() - begun, 'ms'));
  await stock(withinMs);
  ctx.figure('from the wish for it to stock', performance.now() - begun, 'ms');
  await written;
}

/** Why, and that nothing has been started for CPUs that are no more. */
async function isTold(ctx: Ctx, node: LabNode, agent: LabAgent): Promise<void> {
  ctx.figure('from then to the status', await status(node, agent, 'unsupported', STATUS_MS), 'ms');
  assert.match(node.api.annotation('agent-status'), /CPU 1 offline/);
  await childless(agent);
  assert.equal(starts(agent), 1, 'started once, for all CPUs');
  assert.equal(kernelTruth().state, 'disabled');
}

async function comesBack(ctx: Ctx, node: LabNode, agent: LabAgent): Promise<void> {
  const { enableSeq } = kernelTruth();
  assert.equal(starts(agent), 1, 'nothing is tried meanwhile');
  await writeFile(ONLINE, '1');
  ctx.figure('CPU online again: to enforcing', await status(node, agent, 'enforcing', ATTACH_MS), 'ms');
  await attached(enableSeq);
}

async function noFailure(agent: LabAgent): Promise<void> {
  await until('the exit is counted', async () => /class="hotplug"\} [1-9]/.test(await agent.metrics()), STATUS_MS);
  assert.doesNotMatch(await agent.metrics(), /temper_scheduler_exits_total\{class="(?!hotplug|asked)\w[^"]*"\} [1-9]/);
}

const starts = ({ log }: LabAgent): number => log.filter((line) => line.includes('"phase":"starting"')).length;
