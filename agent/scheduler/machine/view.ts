import type { SchedulerDetails, SchedulerPhase } from '../scheduler.ts';
import type { Child, Machine } from './state.ts';
import { NOT_PROVEN } from './stopping.ts';

function isOtherThanAsked({ goal, refused, handover }: Machine, child: Child): boolean {
  if (goal.want === 'stock' || child.config.hash === goal.config.hash) return false;
  return refused.includes(goal.config.hash) || handover !== null;
}

/** Phases in which the child's config is in force. */
const IN_FORCE: ReadonlySet<SchedulerPhase> = new Set(['enforcing', 'updating', 'handing-over']);

/** One update without an answer may be a busy moment: what is in force is asked within a second. */
const DOUBTED = 2;

function incomplete({ missing, unanswered, silence }: Child): string | null {
  return unanswered >= DOUBTED ? `live updates are not confirmed: ${silence}` : (missing?.reason ?? null);
}

/** What the rest of the agent sees of it. */
export function view(machine: Machine, ops: string | null): SchedulerDetails {
  const { phase, child } = machine;
  const isInForce = child !== null && IN_FORCE.has(phase);
  return {
    phase,
    reason: machine.reason,
    since: machine.since,
    name: isInForce ? ops : null,
    config: isInForce ? child.config : null,
    generation: machine.generation,
    lastExit: machine.lastExit,
    usesLastKnownGood: isInForce && isOtherThanAsked(machine, child),
    incomplete: isInForce ? incomplete(child) : null,
    retryAt: phase === 'waiting' ? machine.retryAtWall : null,
    foreign: machine.foreign,
    unproven: phase === 'stopping' && machine.reason.startsWith(NOT_PROVEN) ? machine.reason : null,
  };
}
