/**
 * A crowd beside all that tenants and daemons may do. The stock scheduler does not get through it in time: the agent lets go of
 * the node by itself, before the kernel would eject the scheduler, and comes back when the crowd has gone. The patched one
 * keeps turns short in it, and protection stays.
 */
import assert from 'node:assert/strict';
import type { LabAgent } from '../guest/agent.ts';
import { attached, status, stock } from '../guest/checks.ts';
import { labNode } from '../guest/node.ts';
import { percentiles } from '../guest/probe.ts';
import { classesOf, runnable, startWatch, staysAttached, waited } from '../guest/stable.ts';
import { ATTACH_MS } from '../guest/times.ts';
import { kernelTruth } from '../guest/truth.ts';
import { crowdInPod, podsOfEachTier, startTurmoil } from '../guest/turmoil.ts';
import { until } from '../guest/until.ts';
import { longestWaits, waits } from '../guest/waits.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { kernelLog, uptime } from '../runner/kernel-log.ts';

const CROWD = 4_000;
const SAID = 'degraded: too many threads want a CPU';
/** The runner and its API server wait among the crowd, and a detach takes some rounds of the kernel's own queues. */
const AMONG_THEM_MS = 90_000;
/** Half of what RCU waits for one of its readers until the kernel ejects the scheduler. */
const DECIDED_MS = 10_000;
const CALM_MS = 5_000;
/** Half of what the kernel's watchdog allows anybody. */
const MOST_MS = 15_000;
const SHORT_S = 60;
const LONG_S = 300;
const FLAGS = ['--scheduler-hold-ms=0', `--scheduler-calm-ms=${CALM_MS}`];

async function scene(ctx: Ctx) {
  const node = await labNode(ctx);
  await podsOfEachTier(node);
  const agent = node.startAgent(FLAGS);
  const { enableSeq } = kernelTruth();
  await attached(enableSeq);
  await status(node, agent, 'enforcing');
  // What had slept before the attach would bring that time along as a wait: see waits.c.
  const crowd = await crowdInPod(node, 'normal', CROWD);
  return { node, crowd, agent };
}

async function staysProtected(ctx: Ctx): Promise<void> {
  const { node, crowd, agent } = await scene(ctx);
  const watch = await startWatch(node, agent);
  const probe = await startTurmoil(ctx, node);
  crowd.release();
  const most = await staysAttached(ctx, watch, ctx.long ? LONG_S : SHORT_S);
  ctx.figure('threads that wanted a CPU, at most', most, 'threads');
  assert.ok(most > CROWD, `only ${most} threads wanted a CPU`);
  const longest = await waited(ctx, watch, probe);
  for (const [name, { maxMs }] of longest) assert.ok(maxMs < MOST_MS, `${name} waited ${maxMs} ms`);
  // Before the agent: how the kernel detaches beside it is not asked here.
  crowd.kill();
}

/** The control: the same without any scheduler of ours, on a kernel that has none attached. */
async function unattended(ctx: Ctx): Promise<void> {
  const node = await labNode(ctx);
  await podsOfEachTier(node);
  const crowd = await crowdInPod(node, 'normal', CROWD);
  const probe = await startTurmoil(ctx, node);
  const before = await waits();
  const since = uptime();
  crowd.release();
  await new Promise((resolve) => setTimeout(resolve, SHORT_S * 1_000));
  const wanting = runnable();
  ctx.figure('threads that wanted a CPU', wanting, 'threads');
  for (const [name, { maxMs }] of longestWaits(await waits(), before, classesOf(node)))
    ctx.figure(`longest wait, ${name}`, Math.round(maxMs), 'ms');
  const late = percentiles(await probe.report());
  ctx.figure('wake-up of a daemon, worst', late?.worst ?? 0, 'ms');
  assert.ok(wanting > CROWD, `only ${wanting} threads wanted a CPU`);
  assert.deepEqual(kernelLog(since).bad, []);
}

async function letsGo(ctx: Ctx): Promise<void> {
  const { node, crowd, agent } = await scene(ctx);
  await startTurmoil(ctx, node);
  const { enableSeq } = kernelTruth();
  const since = uptime();
  const released = Date.now();
  crowd.release();
  await status(node, agent, SAID, AMONG_THEM_MS);
  await stock(AMONG_THEM_MS);
  ctx.log(`${runnable()} threads want a CPU`);
  await until('the agent has seen that', () => firstIn(agent, 'stock', released) !== null, AMONG_THEM_MS);
  assert.ok(runnable() > CROWD, 'the crowd is still there');
  const decided = firstIn(agent, 'stopping', released) ?? assert.fail('it never let go');
  ctx.figure('from the crowd to the decision', decided - released, 'ms');
  ctx.figure('from the crowd to proven stock', (firstIn(agent, 'stock', released) ?? decided) - released, 'ms');
  assert.ok(decided - released < DECIDED_MS, 'in time, and not because the kernel was late');
  const ejected = node.api.events().filter((event) => event.startsWith('SchedulerEjected'));
  assert.deepEqual(ejected, []);
  assert.deepEqual(kernelLog(since).bad, []);
  assert.equal(kernelTruth().enableSeq, enableSeq, 'not attached in between');

  crowd.kill();
  ctx.figure('from its end to attached again', await attached(enableSeq, ATTACH_MS + CALM_MS), 'ms');
  await status(node, agent, 'enforcing');
}

/** When it first said after a moment that it had come to a phase, by the clock of the guest; null where it has not. */
function firstIn({ log }: LabAgent, phase: string, after: number): number | null {
  const lines = log.filter((one) => one.includes(`"phase":"${phase}"`));
  const times = lines.map((one) => Date.parse(/"time":"([^"]+)"/.exec(one)?.[1] ?? ''));
  return times.find((time) => time >= after) ?? null;
}

export const CROWDS: readonly Case[] = [
  {
    name: 'crowd',
    what: '4,000 threads of a pod beside hogs of every kind: stock by itself with the reason, no ejection, and back',
    deadlineMs: 900_000,
    long: true,
    scheduler: 'stock',
    run: letsGo,
  },
  {
    name: 'crowd-patched',
    what: 'the same on the patched scheduler: no pod takes the protection from a node by its threads',
    deadlineMs: 1_800_000,
    onRequest: 'it takes too long for each run',
    run: staysProtected,
  },
  {
    name: 'crowd-unattended',
    what: "the control: the same on the kernel's own scheduler",
    deadlineMs: 900_000,
    onRequest: 'it shows the kernel, not temper',
    run: unattended,
  },
];
