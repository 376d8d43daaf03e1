import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { status } from '../../guest/checks.ts';
import { openFiles } from '../../guest/leaks.ts';
import { AGENT_LIMITS } from '../../guest/node.ts';
import type { Ctx } from '../../runner/case.ts';
import { hung, schedulerOf } from './hung.ts';
import { enforces, survives, underLoad } from './scene.ts';

/**
 * Far less than the child's own 12 MB. What its BPF maps hold comes back only a moment after its death: short of more
 * than the rest, the kernel would take the agent as well.
 */
const SHORT_OF = 4 * 1024 * 1024;
const SAFE_MODE = '/run/temper/safe-mode';
const WORDS = [
  /^killed: ended by SIGKILL$/,
  /^socket-silent: not proven for 10 s: /,
  /^killed: ended by SIGKILL: out of memory$/,
  /^asked: .*safe mode/,
];

/** Killed, hanging, out of memory, and hanging when it is told to end. */
export async function ofTheChild(ctx: Ctx): Promise<void> {
  const scene = await underLoad(ctx);
  const { node } = scene;
  const agent = node.startAgent();
  await enforces(ctx, scene, agent);
  const files = openFiles(agent.pid);
  const signal = (name: NodeJS.Signals) => () => void process.kill(schedulerOf(agent), name);
  const same = () => agent;
  await survives(ctx, scene, { what: 'SIGKILL of the child', act: signal('SIGKILL'), agent: same });
  // It answers no question: 10 s without a proof, then from SIGTERM to SIGKILL.
  await survives(ctx, scene, { what: 'SIGSTOP of the child', act: signal('SIGSTOP'), agent: same, stockMs: 20_000 });

  const limit = join(node.tree.mount, cgroupOf(agent.pid), 'memory.max');
  await survives(ctx, scene, {
    what: 'out of memory',
    act: () => writeFileSync(limit, `${usedUnder(limit) - SHORT_OF}`),
    agent() {
      writeFileSync(limit, AGENT_LIMITS.memory);
      return agent;
    },
    stockMs: 10_000,
  });
  const left = openFiles(agent.pid);
  assert.ok(left <= files + 2, `${files} open files before, ${left} after three deaths`);

  await hung(ctx, agent, { what: 'safe mode', ask: () => writeFileSync(SAFE_MODE, '') });
  await status(node, agent, 'safe-mode');
  const ends = endsIn(agent.log);
  ctx.log(ends.join('; '));
  for (const [at, says] of WORDS.entries()) assert.match(ends[at] ?? '', says);
  assert.equal(ends.length, WORDS.length);
}

/** What the agent says of each end: class and reason. */
function endsIn(log: readonly string[]): string[] {
  const told = log.filter((line) => line.includes('"class":')).map((line) => JSON.parse(line));
  return told.map(({ class: found, detail }) => `${found}: ${detail}`);
}

function cgroupOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().slice('0::/'.length);
}

/** @param limit path of `memory.max` */
function usedUnder(limit: string): number {
  return Number(readFileSync(limit.replace(/max$/, 'current'), 'utf8'));
}
