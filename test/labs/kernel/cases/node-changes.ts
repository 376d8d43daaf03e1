import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { childOf } from '../guest/agent.ts';
import { startByHand } from '../guest/by-hand.ts';
import { attached, rightLayers, status, stock } from '../guest/checks.ts';
import { labNode } from '../guest/node.ts';
import { ATTACH_MS, STATUS_MS } from '../guest/times.ts';
import { kernelTruth } from '../guest/truth.ts';
import { until } from '../guest/until.ts';
import type { Case, Ctx } from '../runner/case.ts';

/** The kernel's watchdog looks after 30 s. */
const LET_GO_MS = 60_000;

/** One layer for everything, as somebody might try it by hand. */
const BY_HAND = [
  { name: 'all', matches: [[]], kind: { Open: { preempt: false, exclusive: false, slice_us: 20_000, fifo: true } } },
];

async function foreign(ctx: Ctx): Promise<void> {
  const before = kernelTruth().enableSeq;
  const other = startByHand(ctx, BY_HAND);
  await attached(before);
  const { enableSeq } = kernelTruth();
  const node = await labNode(ctx);
  await node.addPod({ name: 'high', tier: 'high', loads: [{ mode: 'sleeper' }] });
  const agent = node.startAgent();
  await status(node, agent, 'unsupported');
  const said = node.api.annotation('agent-status');
  ctx.log(said);
  assert.match(said, /layered|another/i, 'the status names the other scheduler');
  assert.deepEqual([other.child.exitCode, other.child.signalCode], [null, null], 'it is left alone');
  assert.equal(kernelTruth().enableSeq, enableSeq);

  other.child.kill('SIGTERM');
  await other.ended;
  ctx.figure('from its end to enforcing', await status(node, agent, 'enforcing'), 'ms');
  await rightLayers(ctx, node);
}

/** @param busy whether hogs run while the CPU goes */
function hotplug(busy: boolean): (ctx: Ctx) => Promise<void> {
  const cpu = '/sys/devices/system/cpu/cpu1/online';
  return async (ctx) => {
    ctx.after(() => writeFileSync(cpu, '1'));
    const node = await labNode(ctx);
    await node.addPod({ name: 'critical', tier: 'critical', requestMilli: 500, loads: [{ mode: 'sleeper' }] });
    const normal = await node.addPod({ name: 'normal', tier: 'normal', loads: [{ mode: 'hog', threads: 2 }] });
    node.freeze(normal, true);
    const agent = node.startAgent();
    await status(node, agent, 'enforcing');
    const { enableSeq } = kernelTruth();

    if (busy) node.freeze(normal, false);
    const begun = performance.now();
    // The kernel answers only when the CPU is offline.
    const written = writeFile(cpu, '0').then(() => ctx.figure('CPU offline', performance.now() - begun, 'ms'));
    await stock(LET_GO_MS);
    ctx.figure('from the wish for it to stock', performance.now() - begun, 'ms');
    await written;
    ctx.figure('from then to the status', await status(node, agent, 'unsupported', STATUS_MS), 'ms');
    assert.match(node.api.annotation('agent-status'), /CPU 1 offline/);
    assert.deepEqual([kernelTruth().state, childOf(agent.pid)], ['disabled', null], 'nothing is tried meanwhile');

    await writeFile(cpu, '1');
    node.freeze(normal, true);
    ctx.figure('CPU online again: to enforcing', await status(node, agent, 'enforcing', ATTACH_MS), 'ms');
    await attached(enableSeq);
    node.freeze(normal, false);
    assert.equal(node.api.annotation('agent-status'), 'enforcing', 'Critical has its fence again');
    await rightLayers(ctx, node);
    const metrics = await agent.metrics();
    assert.doesNotMatch(metrics, /temper_scheduler_exits_total\{class="(panic|error|killed|ejected)"\} [1-9]/);
    await until('the exit is counted', async () => /class="hotplug"\} [1-9]/.test(await agent.metrics()), STATUS_MS);
  };
}

export const NODE_CHANGES: readonly Case[] = [
  {
    name: 'foreign-scheduler',
    what: 'another scheduler is attached first: reported and left alone, and the node enforces once it has gone',
    deadlineMs: 1_800_000,
    run: foreign,
  },
  {
    name: 'cpu-offline',
    what: 'a CPU goes offline and comes back: stock with the reason meanwhile, then enforcing, and no failure counted',
    deadlineMs: 1_800_000,
    unproven: 'the scheduler was still there when the status said that it may not be',
    run: hotplug(false),
  },
  {
    name: 'cpu-offline-busy',
    what: 'the same beside hogs, which hold the CPU up until the watchdog of the kernel ends the scheduler',
    deadlineMs: 1_800_000,
    long: true,
    unproven: 'not run yet',
    run: hotplug(true),
  },
];
