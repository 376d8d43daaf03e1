import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childOf, type LabAgent } from '../guest/agent.ts';
import { attached, rightLayers, status, stock } from '../guest/checks.ts';
import { openFiles } from '../guest/leaks.ts';
import type { Load } from '../guest/load.ts';
import { AGENT_LIMITS, type LabNode, labNode } from '../guest/node.ts';
import { percentiles } from '../guest/probe.ts';
import { ATTACH_MS, STOCK_MS } from '../guest/times.ts';
import { kernelTruth } from '../guest/truth.ts';
import type { Case, Ctx } from '../runner/case.ts';

/**
 * Far less than the child's own 12 MB. What its BPF maps hold comes back only a moment after its death: short of more
 * than the rest, the kernel would take the agent as well.
 */
const SHORT_OF = 4 * 1024 * 1024;

interface Scene {
  readonly node: LabNode;
  /** Its wake-ups tell what a Critical pod feels. */
  readonly probe: Load;
  readonly begun: number;
}

/** A Critical pod that sleeps and works, beside hogs that take all the CPUs there are, twice. */
async function scene(ctx: Ctx): Promise<Scene> {
  const node = await labNode(ctx);
  const { loads } = await node.addPod({
    name: 'critical',
    tier: 'critical',
    requestMilli: 500,
    loads: [{ mode: 'sleeper', name: 'probe' }],
  });
  const begun = performance.now();
  await node.addPod({ name: 'normal', tier: 'normal', loads: [{ mode: 'hog', threads: 2 }] });
  await node.addPod({ name: 'background', tier: 'background', loads: [{ mode: 'hog', threads: 2 }] });
  const [probe] = loads;
  if (probe === undefined) throw new Error('the probe did not start');
  return { node, probe, begun };
}

/** Does it, and holds the node to what is promised: stock within the time, then enforcing again with right layers. */
async function survives(
  ctx: Ctx,
  { node, probe, begun }: Scene,
  { what, act, agent, stockMs = STOCK_MS }: { what: string; act: () => void; agent: () => LabAgent; stockMs?: number },
): Promise<void> {
  const { enableSeq } = kernelTruth();
  const at = performance.now();
  act();
  ctx.figure(`${what}: to stock`, await stock(stockMs), 'ms');
  const successor = agent();
  await attached(enableSeq);
  ctx.figure(`${what}: to attached again`, performance.now() - at, 'ms');
  await status(node, successor, 'enforcing');
  const until = performance.now();
  assert.ok(until - at < ATTACH_MS, `enforcing again only after ${Math.round(until - at)} ms`);
  await rightLayers(ctx, node);
  const felt = percentiles(await probe.report(), at - begun, until - begun);
  if (felt !== null) ctx.figure(`${what}: probe p99 from the death to enforcing`, felt.p99, 'ms');
}

async function ofChild(ctx: Ctx): Promise<void> {
  const scenery = await scene(ctx);
  const { node } = scenery;
  const agent = node.startAgent();
  ctx.figure('from agent start to enforcing', await status(node, agent, 'enforcing'), 'ms');
  const files = openFiles(agent.pid);
  const child = (): number => {
    const pid = childOf(agent.pid);
    if (pid === null) throw new Error('the agent has no child');
    return pid;
  };
  const same = () => agent;
  await survives(ctx, scenery, {
    what: 'SIGKILL of the child',
    act: () => process.kill(child(), 'SIGKILL'),
    agent: same,
  });

  // It hears no SIGTERM and answers no question: 10 s without a proof, then 2 s from SIGTERM to SIGKILL.
  const hang = {
    what: 'SIGSTOP of the child',
    act: () => process.kill(child(), 'SIGSTOP'),
    agent: same,
    stockMs: 20_000,
  };
  await survives(ctx, scenery, hang);

  const memory = join(node.tree.mount, cgroupOf(agent.pid), 'memory.max');
  const victim = child();
  const outOfMemory = {
    what: 'out of memory',
    act: () => {
      // Of the two the kernel would take the larger, which is the agent.
      writeFileSync(`/proc/${victim}/oom_score_adj`, '1000');
      writeFileSync(memory, `${memoryOf(memory) - SHORT_OF}`);
    },
    agent: () => {
      writeFileSync(memory, AGENT_LIMITS.memory);
      return agent;
    },
    stockMs: 10_000,
  };
  await survives(ctx, scenery, outOfMemory);
  const classes = agent.log.flatMap((line) => /"class":"([a-z-]+)"/.exec(line)?.[1] ?? []);
  assert.deepEqual(classes, ['killed', 'socket-silent', 'killed'], 'what the agent calls them');
  assert.ok(
    openFiles(agent.pid) <= files + 2,
    `${files} open files before, ${openFiles(agent.pid)} after three deaths`,
  );
}

async function ofAgent(ctx: Ctx): Promise<void> {
  const scenery = await scene(ctx);
  const { node } = scenery;
  let agent = node.startAgent();
  await status(node, agent, 'enforcing');
  const next = (): LabAgent => {
    agent = node.startAgent();
    return agent;
  };
  await survives(ctx, scenery, { what: 'SIGKILL of the agent', act: () => agent.signal('SIGKILL'), agent: next });
  const both = (): void => {
    const child = childOf(agent.pid);
    agent.signal('SIGKILL');
    if (child !== null) process.kill(child, 'SIGKILL');
  };
  await survives(ctx, scenery, { what: 'SIGKILL of both', act: both, agent: next });
  agent.signal('SIGTERM');
  ctx.figure('SIGTERM of the agent: to stock', await stock(), 'ms');
  assert.equal(await agent.ended, 0);
  assert.equal(node.api.annotation('agent-status'), 'observing: the agent has ended');
}

async function byTheKernel(ctx: Ctx): Promise<void> {
  const scenery = await scene(ctx);
  const { node } = scenery;
  const agent = node.startAgent();
  await status(node, agent, 'enforcing');
  const act = (): void => writeFileSync('/proc/sysrq-trigger', 'S');
  await survives(ctx, scenery, { what: 'ejected by SysRq-S', act, agent: () => agent });
  assert.ok(
    agent.log.some((line) => /"class":"ejected"/.test(line)),
    `the agent did not call it an ejection:\n${agent.log.slice(-10).join('\n')}`,
  );
}

function cgroupOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().slice('0::/'.length);
}

/** @param limit path of `memory.max` */
function memoryOf(limit: string): number {
  return Number(readFileSync(limit.replace(/max$/, 'current'), 'utf8'));
}

export const DEATHS: readonly Case[] = [
  {
    name: 'deaths-of-the-child',
    what: 'killed, hanging, out of memory, under load: stock in time, then enforcing again',
    deadlineMs: 1_800_000,
    run: ofChild,
  },
  {
    name: 'deaths-of-the-agent',
    what: 'the agent killed, then both: the kernel is on stock, and a new agent enforces',
    deadlineMs: 1_800_000,
    run: ofAgent,
  },
  {
    name: 'ejection',
    what: 'the kernel lets go of the scheduler: stock at once, then enforcing again',
    deadlineMs: 1_800_000,
    run: byTheKernel,
  },
];
