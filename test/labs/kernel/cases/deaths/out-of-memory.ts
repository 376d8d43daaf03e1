import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabAgent } from '../../guest/agent.ts';
import { AGENT_LIMITS } from '../../guest/node.ts';
import type { Ctx } from '../../runner/case.ts';
import { kernelLog } from '../../runner/kernel-log.ts';
import { schedulerOf } from './hung.ts';
import { type Scene, survives } from './scene.ts';

const MIB = 1024 * 1024;
/** What another process of the cgroup takes: more than the limit leaves, less than the child's death gives back. */
const TAKEN_MIB = 8;
const LEFT = 2 * MIB;
/** The kernel never takes it. */
const SPARED = '-1000';

/**
 * Another process fills the agent's cgroup: the kernel takes the child first, though the agent is larger. The kernel
 * holds a victim for done a moment before its memory is free, and who asks in that moment gets the agent as well.
 *
 * @returns the agent that enforces afterwards
 */
export async function outOfMemory(ctx: Ctx, scene: Scene, agent: LabAgent): Promise<LabAgent> {
  const { node } = scene;
  const cgroup = cgroupOf(agent.pid);
  const limit = join(node.tree.mount, cgroup, 'memory.max');
  const child = schedulerOf(agent);
  const other = await node.load(cgroup, { mode: 'churn', mebibytes: TAKEN_MIB, held: true });
  writeFileSync(`/proc/${other.pid}/oom_score_adj`, SPARED);
  const earlier = allVictims().length;
  writeFileSync(limit, `${usedUnder(limit) + LEFT}`);
  let successor = agent;
  await survives(ctx, scene, {
    what: 'out of memory',
    act: () => other.release(),
    agent() {
      writeFileSync(limit, AGENT_LIMITS.memory);
      other.kill();
      const victims = allVictims().slice(earlier);
      assert.equal(victims[0], child, `the child goes first, of ${victims}`);
      ctx.figure('out of memory: victims', victims.length, '');
      if (victims.includes(agent.pid)) successor = node.startAgent();
      return successor;
    },
    stockMs: 10_000,
  });
  return successor;
}

/** Process ids since boot, in their order. */
function allVictims(): number[] {
  return [...kernelLog(0).text.matchAll(/out of memory: Killed process (\d+) /g)].map(([, pid]) => Number(pid));
}

function cgroupOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().slice('0::/'.length);
}

/** @param limit path of `memory.max` */
function usedUnder(limit: string): number {
  return Number(readFileSync(limit.replace(/max$/, 'current'), 'utf8'));
}
