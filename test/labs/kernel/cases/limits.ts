import assert from 'node:assert/strict';
import type { LabAgent } from '../guest/agent.ts';
import { attached, status } from '../guest/checks.ts';
import { type LabNode, type LabPod, labNode } from '../guest/node.ts';
import { kernelTruth } from '../guest/truth.ts';
import { cpuStat } from '../guest/usage.ts';
import type { Case, Ctx } from '../runner/case.ts';

/** Long enough that a period of 100 ms and a slice of 20 ms do not show. */
const WINDOW_MS = 15_000;
const HOGS = { mode: 'hog', threads: 2 } as const;

interface Used {
  /** CPUs. */
  readonly cpus: number;
  readonly throttledPeriods: number;
}

/** What pods use in the same stretch of time. */
async function measure(pods: readonly LabPod[], node: LabNode): Promise<Used[]> {
  const before = pods.map(({ cgroups }) => cpuStat(node.tree.mount, cgroups.path));
  const begun = performance.now();
  await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
  const seconds = (performance.now() - begun) / 1000;
  return pods.map(({ cgroups }, index) => {
    const now = cpuStat(node.tree.mount, cgroups.path);
    const then = before[index] ?? now;
    return {
      cpus: (now.usageUsec - then.usageUsec) / 1e6 / seconds,
      throttledPeriods: now.throttledPeriods - then.throttledPeriods,
    };
  });
}

function told(ctx: Ctx, how: string, what: string, { cpus, throttledPeriods }: Used): void {
  ctx.figure(`${what}, ${how}`, Math.round(cpus * 1000) / 1000, 'CPUs');
  if (what.startsWith('limit')) ctx.figure(`${what}, ${how}: throttled`, throttledPeriods, 'periods');
}

async function enforcing(node: LabNode, flags: readonly string[]): Promise<LabAgent> {
  const { enableSeq } = kernelTruth();
  const agent = node.startAgent(['--enforce=always', ...flags]);
  await attached(enableSeq);
  await status(node, agent, 'enforcing');
  return agent;
}

async function end(agent: LabAgent): Promise<void> {
  agent.signal('SIGTERM');
  assert.equal(await agent.ended, 0);
}

/** A limit of half a CPU on a pod that wants two. */
async function limit(ctx: Ctx): Promise<void> {
  const node = await labNode(ctx);
  const pod = await node.addPod({ name: 'limited', tier: 'normal', requestMilli: 200, limitMilli: 500, loads: [HOGS] });
  const look = async (how: string): Promise<Used> => {
    const [used] = await measure([pod], node);
    if (used === undefined) throw new Error('nothing was measured');
    told(ctx, how, 'limit 500m', used);
    return used;
  };
  const stockUse = await look('stock');
  assert.ok(stockUse.cpus < 0.6 && stockUse.throttledPeriods > 0, `stock holds the limit: ${stockUse.cpus}`);

  const agent = await enforcing(node, []);
  const { stdout } = await agent.cli('status', '-o', 'json');
  assert.match(stdout, /CPU limits are not enforced while attached/);
  const attachedUse = await look('attached');
  assert.ok(
    attachedUse.cpus > 0.6 && attachedUse.throttledPeriods === 0,
    `it is not held attached: ${attachedUse.cpus}`,
  );
  await end(agent);

  const withCeilings = await enforcing(node, ['--limits=ceilings']);
  const held = await look('attached with ceilings');
  assert.ok(held.cpus < 1.1, `a ceiling is a whole CPU: ${held.cpus}`);
  await end(withCeilings);
  const after = await look('stock again');
  assert.ok(after.cpus < 0.6, `stock holds the limit again: ${after.cpus}`);
}

/** Two pods of one tier, of which one asks for eight times as much: 4 and 32. */
async function weight(ctx: Ctx): Promise<void> {
  const node = await labNode(ctx);
  const small = await node.addPod({ name: 'small', tier: 'normal', requestMilli: 100, loads: [HOGS] });
  const large = await node.addPod({ name: 'large', tier: 'normal', requestMilli: 800, loads: [HOGS] });
  const look = async (how: string): Promise<number> => {
    const [one, eight] = await measure([small, large], node);
    if (one === undefined || eight === undefined) throw new Error('nothing was measured');
    told(ctx, how, 'weight 4', one);
    told(ctx, how, 'weight 32', eight);
    ctx.figure(`weight 32 ÷ weight 4, ${how}`, Math.round((eight.cpus / one.cpus) * 100) / 100, '×');
    return eight.cpus / one.cpus;
  };
  const stockRatio = await look('stock');
  assert.ok(stockRatio > 4, `stock goes by weight: ${stockRatio}`);
  const agent = await enforcing(node, []);
  const attachedRatio = await look('attached');
  assert.ok(attachedRatio < 2, `attached, threads count and weights do not: ${attachedRatio}`);
  await end(agent);
}

export const LIMITS: readonly Case[] = [
  {
    name: 'cpu-max',
    what: 'cpu.max of a pod: held on stock, not while attached, by whole CPUs with ceilings',
    deadlineMs: 1_800_000,
    run: limit,
  },
  {
    name: 'cpu-weight',
    what: 'cpu.weight of two pods of one tier: their shares on stock, and that attached they share by threads',
    deadlineMs: 1_800_000,
    run: weight,
  },
];
