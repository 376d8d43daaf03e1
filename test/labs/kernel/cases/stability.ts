/**
 * What tenants and daemons can do does not eject the scheduler: it stays attached and nothing of the host waits long, or, for
 * a crowd that no scheduler of queues gets through in time, the agent lets go of the node by itself, and comes back.
 */
import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { attached, status, stock } from '../guest/checks.ts';
import { labNode } from '../guest/node.ts';
import { runnable, startWatch, staysAttached, waited } from '../guest/stable.ts';
import { ATTACH_MS, STATUS_MS } from '../guest/times.ts';
import { kernelTruth } from '../guest/truth.ts';
import { crowdInPod, podsOfEachTier, startTurmoil } from '../guest/turmoil.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { kernelLog, uptime } from '../runner/kernel-log.ts';

const SHORT_S = 120;
const LONG_S = 600;
/** Together with all hogs well below the agent's bound, 375 on two CPUs. */
const CROWD_PER_CPU = 100;
const TOO_MANY = 4_000;
const TOO_MANY_SAID = 'degraded: too many threads want a CPU';
/** All of them are in the kernel's own queues by then: a detach takes some rounds of those. */
const RELEASE_MS = 60_000;
const FLAGS = ['--scheduler-hold-ms=0', '--scheduler-calm-ms=5000'];

async function holds(ctx: Ctx): Promise<void> {
  const node = await labNode(ctx);
  await podsOfEachTier(node);
  const crowd = await crowdInPod(node, 'normal', CROWD_PER_CPU * availableParallelism());
  const tooMany = await crowdInPod(node, 'normal', TOO_MANY);
  const agent = node.startAgent(FLAGS);
  await attached(0);
  await status(node, agent, 'enforcing');
  const watch = await startWatch(node, agent);
  const probe = await startTurmoil(ctx, node);
  ctx.log(`all hogs run after ${Math.round(uptime() - watch.since)} s`);
  crowd.release();
  const most = await staysAttached(ctx, watch, ctx.long ? LONG_S : SHORT_S);
  ctx.figure('threads that wanted a CPU, at most', most, 'threads');
  assert.ok(most > CROWD_PER_CPU * availableParallelism(), `only ${most} threads wanted a CPU`);
  await waited(ctx, watch, probe);

  const { enableSeq } = kernelTruth();
  tooMany.release();
  const saidMs = await status(node, agent, TOO_MANY_SAID, RELEASE_MS);
  ctx.figure('4,000 threads: until it says so', saidMs, 'ms');
  ctx.figure('until stock, from then on', await stock(RELEASE_MS), 'ms');
  ctx.log(`${runnable()} threads want a CPU`);
  assert.ok(runnable() > TOO_MANY, 'the crowd is still there');
  assert.deepEqual(
    node.api.events().filter((event) => event.startsWith('SchedulerEjected')),
    [],
  );
  assert.deepEqual(kernelLog(watch.since).bad, []);
  await status(node, agent, TOO_MANY_SAID, STATUS_MS);
  assert.equal(kernelTruth().enableSeq, enableSeq, 'not attached in between');

  tooMany.kill();
  const back = ATTACH_MS + RELEASE_MS;
  ctx.figure('from the end of the crowd to attached again', await attached(enableSeq, back), 'ms');
  await status(node, agent, 'enforcing');
}

const WHAT =
  'hogs of every kind in every tier, pinned threads, fork storms, huge pages, a crowd: no ejection; 4,000 threads: stock';

export const STABILITY: readonly Case[] = [
  {
    name: 'stability',
    what: WHAT,
    deadlineMs: 1_800_000,
    unproven: 'the agent that lets go by itself has not been seen through yet',
    run: holds,
  },
  {
    name: 'stability-4-cpus',
    what: WHAT,
    deadlineMs: 1_800_000,
    machine: { cpus: 4 },
    long: true,
    unproven: 'not seen through yet',
    run: holds,
  },
];
