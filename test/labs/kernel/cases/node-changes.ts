import assert from 'node:assert/strict';
import { startByHand } from '../guest/by-hand.ts';
import { attached, rightLayers, status } from '../guest/checks.ts';
import { labNode } from '../guest/node.ts';
import { kernelTruth } from '../guest/truth.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { offline, offlineBesideTheFence } from './hotplug.ts';

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

export const NODE_CHANGES: readonly Case[] = [
  {
    name: 'foreign-scheduler',
    what: 'another scheduler is attached first: reported and left alone, and the node enforces once it has gone',
    deadlineMs: 1_800_000,
    run: foreign,
  },
  {
    name: 'cpu-offline',
    what: 'a CPU goes beside hogs and comes back: stock at once, with the reason, nothing tried meanwhile, no failure counted',
    deadlineMs: 1_800_000,
    run: offline,
  },
  {
    name: 'cpu-offline-fenced',
    what: "the host's only CPU beside the fence goes: the kernel's watchdog ends the scheduler, then as above; not so in safe mode",
    deadlineMs: 1_800_000,
    long: true,
    run: offlineBesideTheFence,
  },
];
