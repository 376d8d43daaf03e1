import { execFileSync } from 'node:child_process';
import type { AgentNode } from './agent-node.ts';
import { openDescriptors } from './processes.ts';

/** As of a process that nobody restrains. */
export const PLENTY = 4_096;

/** Lets the agent open no descriptor of this number or above; what is open stays. */
export function limitDescriptors({ agent }: Pick<AgentNode, 'agent'>, below: number): void {
  execFileSync('prlimit', ['--pid', String(agent.child.pid), `--nofile=${below}:`]);
}

/** So few that no more than `more` can be opened beyond what is open. What is closed meanwhile can be used again. */
export function leaveDescriptors(node: Pick<AgentNode, 'agent'>, more: number): void {
  const open = openDescriptors(node.agent.child.pid ?? 0);
  const numbers = Array.from({ length: Math.max(0, ...open) + more + 2 }, (_, number) => number);
  limitDescriptors(node, numbers.filter((number) => !open.includes(number))[more] ?? 0);
}
