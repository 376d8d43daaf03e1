import assert from 'node:assert/strict';
import type { LabAgent } from '../guest/agent.ts';
import { attached, status } from '../guest/checks.ts';
import { type LabNode, type LabPod, labNode } from '../guest/node.ts';
import { kernelTruth } from '../guest/truth.ts';
import { type Used, usedBy } from '../guest/usage.ts';
import type { Case, Ctx } from '../runner/case.ts';

/** Long enough that a period of 100 ms and a slice of 20 ms do not show. */
const WINDOW_MS = 6_000;
/** Until threads that were frozen run as the scheduler has them run. */
const SETTLE_MS = 1_000;
const HOGS = { mode: 'hog', threads: 2 } as const;

/** What pods use in the same stretch of time. All pods are frozen but in theirs, so that nothing else is slowed down. */
async function measure(pods: readonly LabPod[], node: LabNode): Promise<Used[]> {
  for (const pod of pods) node.freeze(pod, false);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const used = await usedBy(
    node.tree.mount,
    pods.map(({ cgroups }) => cgroups.path),
    () => new Promise((resolve) => setTimeout(resolve, WINDOW_MS)),
  );
  for (const pod of pods) node.freeze(pod, true);
  return used;
}

/** A limit of half a CPU on a pod that wants two. */
async function limited(ctx: Ctx, node: LabNode, pod: LabPod, how: string): Promise<Used> {
  const [used] = await measure([pod], node);
  if (used === undefined) throw new Error('nothing was measured');
  ctx.figure(`limit 500m, ${how}`, round(used.cpus), 'CPUs');
  ctx.figure(`limit 500m, ${how}: throttled`, used.throttledPeriods, 'periods');
  return used;
}

/** Two pods of one tier, of which one asks for eight times as much. @returns how many times as much it gets */
async function weighed(ctx: Ctx, node: LabNode, pods: readonly [LabPod, LabPod], how: string): Promise<number> {
  const [small, large] = await measure(pods, node);
  if (small === undefined || large === undefined) throw new Error('nothing was measured');
  ctx.figure(`weight 4, ${how}`, round(small.cpus), 'CPUs');
  ctx.figure(`weight 32, ${how}`, round(large.cpus), 'CPUs');
  ctx.figure(`weight 32 ÷ weight 4, ${how}`, round(large.cpus / small.cpus), '×');
  return large.cpus / small.cpus;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
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

async function drops(ctx: Ctx): Promise<void> {
  const node = await labNode(ctx);
  const pod = await node.addPod({ name: 'limited', tier: 'normal', requestMilli: 200, limitMilli: 500, loads: [HOGS] });
  node.freeze(pod, true);
  const small = await node.addPod({ name: 'small', tier: 'normal', requestMilli: 100, loads: [HOGS] });
  node.freeze(small, true);
  const large = await node.addPod({ name: 'large', tier: 'normal', requestMilli: 800, loads: [HOGS] });
  node.freeze(large, true);

  const stock = await limited(ctx, node, pod, 'stock');
  assert.ok(stock.cpus < 0.6 && stock.throttledPeriods > 0, `stock holds the limit: ${stock.cpus}`);
  const stockRatio = await weighed(ctx, node, [small, large], 'stock');
  // Of 8. On two CPUs it is the kernel's balancing that decides who shares one with whom: 4.0 to 8 were seen.
  assert.ok(stockRatio > 3, `stock goes by weight: ${stockRatio}`);

  const agent = await enforcing(node, []);
  const { stdout } = await agent.cli('check', '-o', 'json');
  assert.match(stdout, /CPU limits are not enforced while attached/);
  const free = await limited(ctx, node, pod, 'attached');
  assert.ok(free.cpus > 0.6 && free.throttledPeriods === 0, `attached, it is not held: ${free.cpus}`);
  const ratio = await weighed(ctx, node, [small, large], 'attached');
  assert.ok(ratio < 2, `attached, threads count and weights do not: ${ratio}`);
  await end(agent);
  const after = await limited(ctx, node, pod, 'stock again');
  assert.ok(after.cpus < 0.6, `stock holds the limit again: ${after.cpus}`);

  const withCeilings = await enforcing(node, ['--limits=ceilings']);
  const held = await limited(ctx, node, pod, 'attached with ceilings');
  assert.ok(held.cpus > 0.6 && held.cpus < 1.1, `a ceiling is a whole CPU: ${held.cpus}`);
  await end(withCeilings);
}

export const LIMITS: readonly Case[] = [
  {
    name: 'what-attaching-drops',
    what: 'cpu.max and cpu.weight of pods: on stock, attached, and with ceilings; stock holds limits again afterwards',
    deadlineMs: 1_800_000,
    run: drops,
  },
];
