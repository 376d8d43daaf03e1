/** Whether a scheduler stays attached under load, and how long threads wait meanwhile. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Ctx } from '../runner/case.ts';
import { kernelLog, uptime } from '../runner/kernel-log.ts';
import { childOf, type LabAgent } from './agent.ts';
import type { Load } from './load.ts';
import type { LabNode } from './node.ts';
import { describeOwned, ownedCpus } from './owned.ts';
import { percentiles } from './probe.ts';
import { kernelTruth } from './truth.ts';
import { PINNED_DAEMONS } from './turmoil.ts';
import { type Classes, longestWaits, type Waited, waits } from './waits.ts';

const LOOK_MS = 5_000;
/** Above all pods. */
const PODS = 'kubepods.slice';
/**
 * Far below what ends the scheduler: RCU waits 21 s for one of its readers, the kernel's watchdog 30 s for anybody. The
 * agent's own bound is on the queue of the tenants, which pinned daemons share.
 */
const MOST_WAIT_MS: Readonly<Record<string, number>> = {
  'kernel threads': 10_000,
  daemons: 10_000,
  'pinned daemons': 10_000,
};

export interface Watch {
  readonly node: LabNode;
  readonly agent: LabAgent;
  readonly enableSeq: number;
  readonly child: number | null;
  readonly since: number;
  readonly before: readonly Waited[];
}

/** From here on, of what is attached now. */
export async function startWatch(node: LabNode, agent: LabAgent): Promise<Watch> {
  const since = uptime();
  const { enableSeq } = kernelTruth();
  return { node, agent, enableSeq, child: childOf(agent.pid), since, before: await waits() };
}

/** Whether all is as it was, every few seconds. @returns the most threads that wanted a CPU at a look */
export async function staysAttached(ctx: Ctx, watch: Watch, seconds: number): Promise<number> {
  const { node, agent, enableSeq, child, since, before } = watch;
  let most = 0;
  for (const end = performance.now() + seconds * 1_000; performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const wanting = runnable();
    most = Math.max(most, wanting);
    const longest = longestWaits(await waits(PODS), before, classesOf(node));
    const waited = [...longest].map(([name, one]) => `${name} ${told(one)}`).join(', ');
    const owned = describeOwned(await ownedCpus());
    ctx.log(`${Math.round(uptime() - since)} s: ${wanting} threads want a CPU; owned: ${owned}; ${waited}`);
    const { state, enableSeq: seq } = kernelTruth();
    assert.deepEqual({ state, seq, child: childOf(agent.pid) }, { state: 'enabled', seq: enableSeq, child });
    assert.match(node.api.annotation('agent-status'), /^enforcing/);
    assert.deepEqual(kernelLog(since).bad, []);
  }
  return most;
}

/** The longest wait of each class; and the probe's own clock must agree with what the kernel counts for it. */
export async function waited(ctx: Ctx, { node, before }: Watch, probe: Load): Promise<ReadonlyMap<string, Waited>> {
  // First, so that the kernel has counted all that the probe tells of.
  const late = percentiles(await probe.report());
  const now = await waits();
  const longest = longestWaits(now, before, classesOf(node));
  for (const [name, one] of longest) {
    ctx.log(`${name}: ${told(one)}`);
    ctx.figure(`longest wait, ${name}`, Math.round(one.maxMs), 'ms');
  }
  const counted = Math.max(...now.filter(({ pid }) => pid === probe.pid).map(({ maxMs }) => maxMs));
  assert.ok(late !== null && late.samples > 100, 'the probe ran');
  for (const name of ['p50', 'p99', 'worst'] as const) ctx.figure(`wake-up of a daemon, ${name}`, late[name], 'ms');
  assert.ok(counted > late.worst / 2, `the kernel counts ${counted} ms where the probe was ${late.worst} ms late`);
  for (const [name, most] of Object.entries(MOST_WAIT_MS)) {
    const { maxMs = 0 } = longest.get(name) ?? {};
    assert.ok(maxMs < most, `${name} waited ${maxMs} ms`);
  }
  return longest;
}

/** Threads that run or wait for a CPU. */
export function runnable(): number {
  return Number(/(\d+)\//.exec(readFileSync('/proc/loadavg', 'utf8'))?.[1]);
}

function told({ maxMs, comm, cgroup }: Waited): string {
  return `${Math.round(maxMs)} ms (${comm} in /${cgroup})`;
}

export function classesOf(node: LabNode): Classes {
  const [agent] = node.expected();
  return new Map<string, readonly string[]>([
    ['kernel threads', ['']],
    ['the agent', [agent?.path ?? '']],
    ['pinned daemons', [PINNED_DAEMONS]],
    ['daemons', ['system.slice', 'init.scope']],
    ...[...node.pods.values()].map(({ name, cgroups }): [string, string[]] => [name, [cgroups.path]]),
  ]);
}
