import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabAgent } from '../../guest/agent.ts';
import { AGENT_LIMITS } from '../../guest/node.ts';
import type { Ctx } from '../../runner/case.ts';
import { kernelLog } from '../../runner/kernel-log.ts';
import { schedulerOf } from './hung.ts';
import { type Scene, survives } from './scene.ts';

/** More than the kernel finds elsewhere, as it does 64 KiB; less than the child's own 12 MB. */
const SHORT_OF = 4 * 1024 * 1024;

/**
 * The agent's cgroup is over its limit: the kernel takes the child first, though the agent is larger. What was the
 * child's comes back a moment after its death, and who asks in that moment gets the agent as well.
 *
 * @returns the agent that enforces afterwards
 */
export async function outOfMemory(ctx: Ctx, scene: Scene, agent: LabAgent): Promise<LabAgent> {
  const limit = join(scene.node.tree.mount, cgroupOf(agent.pid), 'memory.max');
  const child = schedulerOf(agent);
  const earlier = allVictims().length;
  let victims: number[] = [];
  let successor = agent;
  await survives(ctx, scene, {
    what: 'out of memory',
    act() {
      // It returns when enough has been given back.
      writeFileSync(limit, `${usedUnder(limit) - SHORT_OF}`);
      victims = allVictims().slice(earlier);
      assert.equal(victims[0], child, `the child goes first, of ${victims}`);
    },
    agent() {
      writeFileSync(limit, AGENT_LIMITS.memory);
      ctx.figure('out of memory: victims', victims.length, '');
      if (victims.includes(agent.pid)) successor = scene.node.startAgent();
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
