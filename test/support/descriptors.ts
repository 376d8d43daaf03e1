import { execFileSync } from 'node:child_process';
import type { AgentNode } from './agent-node.ts';
import { openDescriptors } from './processes.ts';

/** As of a process that nobody restrains. */
export const PLENTY = 4_096;

/** Lets the agent open no descriptor of this number or above; what is open stays. */
export function limitDescriptors({ agent }: Pick<AgentNode, 'agent'>, below: number): void {
  execFileSync('prlimit', ['--pid', String(agent.child.pid), `--nofile=${below}:`]);
}

const LOOK_MS = 50;

/** None left and none to come: what is closed from now on is taken as well, as by a leak. @returns gives all of them back */
export function takeDescriptors(node: Pick<AgentNode, 'agent'>): () => void {
  let limit = PLENTY;
  const take = (): void => {
    const open = openDescriptors(node.agent.child.pid ?? 0);
    const free = lowestFree(open, 0);
    // None where it is gone: then there is nothing to take.
    if (open.length === 0 || free >= limit) return;
    limit = free;
    limitDescriptors(node, limit);
  };
  take();
  // A test that fails meanwhile must end all the same.
  const timer = setInterval(take, LOOK_MS).unref();
  return () => {
    clearInterval(timer);
    limitDescriptors(node, PLENTY);
  };
}

/** So few that no more than `more` can be opened beyond what is open. What is closed meanwhile can be used again. */
export function leaveDescriptors(node: Pick<AgentNode, 'agent'>, more: number): void {
  limitDescriptors(node, lowestFree(openDescriptors(node.agent.child.pid ?? 0), more));
}

/** The lowest number that is not open, or the one so many free ones above it. */
function lowestFree(open: readonly number[], more: number): number {
  const numbers = Array.from({ length: Math.max(0, ...open) + more + 2 }, (_, number) => number);
  return numbers.filter((number) => !open.includes(number))[more] ?? 0;
}
