/** What tenants and daemons can do, within the bound on their threads, does not eject the scheduler, and nothing of the host waits long. */
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { attached, status } from '../guest/checks.ts';
import { labNode } from '../guest/node.ts';
import { startWatch, staysAttached, waited } from '../guest/stable.ts';
import { crowdInPod, podsOfEachTier, startTurmoil } from '../guest/turmoil.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { uptime } from '../runner/kernel-log.ts';

const SHORT_S = 60;
const LONG_S = 600;
/** Together with all hogs well below the agent's bound, 375 on two CPUs; `crowd` is beyond it. */
const CROWD_PER_CPU = 100;
const FLAGS = ['--scheduler-hold-ms=0'];

async function holds(ctx: Ctx): Promise<void> {
  const node = await labNode(ctx);
  const threads = CROWD_PER_CPU * availableParallelism();
  await podsOfEachTier(node);
  const agent = node.startAgent(FLAGS);
  await attached(0);
  await status(node, agent, 'enforcing');
  // What had slept before the attach would bring that time along as a wait: see waits.c.
  const crowd = await crowdInPod(node, 'normal', threads);
  const watch = await startWatch(node, agent);
  const probe = await startTurmoil(ctx, node);
  ctx.log(`all hogs run after ${Math.round(uptime() - watch.since)} s`);
  crowd.release();
  const most = await staysAttached(ctx, watch, ctx.long ? LONG_S : SHORT_S);
  ctx.figure('threads that wanted a CPU, at most', most, 'threads');
  assert.ok(most > threads, `only ${most} threads wanted a CPU`);
  await waited(ctx, watch, probe);
}

const WHAT = 'hogs of every kind in every tier, pinned threads, fork storms, huge pages, a crowd: no ejection';

export const STABILITY: readonly Case[] = [
  {
    name: 'stability',
    what: WHAT,
    deadlineMs: 1_800_000,
    run: holds,
  },
  {
    name: 'stability-4-cpus',
    what: WHAT,
    deadlineMs: 1_800_000,
    machine: { cpus: 4 },
    long: true,
    run: holds,
  },
];
