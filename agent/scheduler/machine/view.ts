import type { SchedulerDetails } from '../scheduler.ts';
import type { Child, Machine } from './state.ts';
import { NOT_PROVEN } from './stopping.ts';

function isOtherThanAsked({ goal, refused }: Machine, child: Child): boolean {
  return goal.want === 'enforce' && child.config.hash !== goal.config.hash && refused.includes(goal.config.hash);
}

/** What the rest of the agent sees of it. */
export function view(machine: Machine, ops: string | null): SchedulerDetails {
  const { phase, child } = machine;
  const isInForce = child !== null && (phase === 'enforcing' || phase === 'updating');
  return {
    phase,
    reason: machine.reason,
    since: machine.since,
    name: isInForce ? ops : null,
    config: isInForce ? child.config : null,
    generation: machine.generation,
    lastExit: machine.lastExit,
    usesLastKnownGood: isInForce && isOtherThanAsked(machine, child),
    retryAt: phase === 'waiting' ? machine.retryAtWall : null,
    foreign: machine.foreign,
    unproven: phase === 'stopping' && machine.reason.startsWith(NOT_PROVEN) ? machine.reason : null,
  };
}
