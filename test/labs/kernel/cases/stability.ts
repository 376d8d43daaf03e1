/** What tenants and daemons can do does not eject the scheduler, and nothing of the host waits long. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { childOf, type LabAgent } from '../guest/agent.ts';
import { attached, status } from '../guest/checks.ts';
import type { Load } from '../guest/load.ts';
import { type LabNode, labNode } from '../guest/node.ts';
import { describeOwned, ownedCpus } from '../guest/owned.ts';
import { percentiles } from '../guest/probe.ts';
import { kernelTruth } from '../guest/truth.ts';
import { PINNED_DAEMONS, podsOfEachTier, startTurmoil } from '../guest/turmoil.ts';
import { type Classes, longestWaits, type Waited, waits } from '../guest/waits.ts';
import type { Case, Ctx } from '../runner/case.ts';
import { kernelLog, uptime } from '../runner/kernel-log.ts';

const SHORT_S = 120;
const LONG_S = 600;
const LOOK_MS = 5_000;
const CROWD = 4_000;
const FLAGS = ['--scheduler-hold-ms=0'];
/** Above all pods. */
const PODS = 'kubepods.slice';
/**
 * Far below the kernel's watchdog, at which it would eject the scheduler: 30 s. Pinned threads are not among them: all of
 * them, the host's too, share one queue with those of layers that own no CPU.
 */
const MOST_WAIT_MS: Readonly<Record<string, number>> = { 'kernel threads': 10_000, daemons: 10_000 };

interface Watch {
  readonly node: LabNode;
  readonly agent: LabAgent;
  readonly enableSeq: number;
  readonly child: number | null;
  readonly since: number;
  readonly before: readonly Waited[];
}

async function holds(ctx: Ctx): Promise<void> {
  const node = await labNode(ctx);
  const crowd = await podsOfEachTier(node, CROWD);
  const agent = node.startAgent(FLAGS);
  await attached(0);
  await status(node, agent, 'enforcing');
  const since = uptime();
  const { enableSeq } = kernelTruth();
  const watch = { node, agent, enableSeq, child: childOf(agent.pid), since, before: await waits() };
  const probe = await startTurmoil(ctx, node);
  ctx.log(`all hogs run after ${Math.round(uptime() - since)} s`);
  crowd.release();
  await watched(ctx, watch, ctx.long ? LONG_S : SHORT_S);
  await figures(ctx, watch, probe);
}

/** Whether all is as it was, every few seconds. */
async function watched(
  ctx: Ctx,
  { node, agent, enableSeq, child, since, before }: Watch,
  seconds: number,
): Promise<void> {
  let most = 0;
  for (const end = performance.now() + seconds * 1_000; performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const wanting = runnable();
    most = Math.max(most, wanting);
    const longest = longestWaits(await waits(PODS), before, classesOf(node));
    ctx.log(
      `${Math.round(uptime() - since)} s: ${wanting} threads want a CPU; owned: ${describeOwned(await ownedCpus())}; ${[...longest].map(([name, one]) => `${name} ${told(one)}`).join(', ')}`,
    );
    const { state, enableSeq: seq } = kernelTruth();
    assert.deepEqual({ state, seq, child: childOf(agent.pid) }, { state: 'enabled', seq: enableSeq, child });
    assert.match(node.api.annotation('agent-status'), /^enforcing/);
    assert.deepEqual(kernelLog(since).bad, []);
  }
  ctx.figure('threads that want a CPU, at most', most, 'threads');
  assert.ok(most > CROWD, `only ${most} threads wanted a CPU`);
}

/** The longest wait of each class; and the probe's own clock must agree with what the kernel counts for it. */
async function figures(ctx: Ctx, { node, before }: Watch, probe: Load): Promise<void> {
  const now = await waits();
  const longest = longestWaits(now, before, classesOf(node));
  for (const [name, one] of longest) {
    ctx.log(`${name}: ${told(one)}`);
    ctx.figure(`longest wait, ${name}`, Math.round(one.maxMs), 'ms');
  }
  const late = percentiles(await probe.report());
  const counted = Math.max(...now.filter(({ pid }) => pid === probe.pid).map(({ maxMs }) => maxMs));
  assert.ok(late !== null && late.samples > 100, 'the probe ran');
  for (const name of ['p50', 'p99', 'worst'] as const) ctx.figure(`wake-up of a daemon, ${name}`, late[name], 'ms');
  assert.ok(counted > late.worst / 2, `the kernel counts ${counted} ms where the probe was ${late.worst} ms late`);
  for (const [name, most] of Object.entries(MOST_WAIT_MS)) {
    const { maxMs = 0 } = longest.get(name) ?? {};
    assert.ok(maxMs < most, `${name} waited ${maxMs} ms`);
  }
}

function told({ maxMs, comm, cgroup }: Waited): string {
  return `${Math.round(maxMs)} ms (${comm} in /${cgroup})`;
}

function classesOf(node: LabNode): Classes {
  const [agent] = node.expected();
  return new Map<string, readonly string[]>([
    ['kernel threads', ['']],
    ['the agent', [agent?.path ?? '']],
    ['pinned daemons', [PINNED_DAEMONS]],
    ['daemons', ['system.slice', 'init.scope']],
    ...[...node.pods.values()].map(({ name, cgroups }): [string, string[]] => [name, [cgroups.path]]),
  ]);
}

/** Threads that run or wait for a CPU. */
function runnable(): number {
  return Number(/(\d+)\//.exec(readFileSync('/proc/loadavg', 'utf8'))?.[1]);
}

const WHAT = 'hogs of every kind in every tier, pinned threads, fork storms, huge pages, 4,000 threads: no ejection';

export const STABILITY: readonly Case[] = [
  {
    name: 'stability',
    what: WHAT,
    deadlineMs: 1_800_000,
    unproven:
      "a pod of 4,000 runnable threads starves the host's, and the kernel ejects the stock binary after minutes",
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
