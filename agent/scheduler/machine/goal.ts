import type { SchedulerConfig, SchedulerGoal } from '../scheduler.ts';
import { beginRestart } from './attached.ts';
import { forgive } from './failures.ts';
import type { Machine } from './state.ts';
import { beginStop } from './stop.ts';
import { closeGap, openGap, type Turn } from './turn.ts';

/** Takes a new goal; the old one is forgotten. */
export function take(turn: Turn, goal: SchedulerGoal): void {
  const { s } = turn;
  const before = s.goal;
  s.goal = goal;
  if (goal.want === 'stock') {
    s.batch = null;
    closeGap(turn);
    beginStop(turn, { class: 'asked', detail: goal.reason, urgent: goal.urgent });
    return;
  }
  if (before.want === 'stock') s.startCause = null;
  openGapUnlessEnforcing(turn);
  if (s.latch !== null && s.latch.hash !== goal.config.hash) {
    s.latch = null;
    forgive(s, 'failures');
  }
  gather(turn, before, goal);
}

/** A person wants it anew, whatever was latched or refused. */
export function reload(turn: Turn): void {
  const { s } = turn;
  forgive(s, 'everything');
  s.strangerSeq = null;
  if (s.goal.want === 'enforce' && s.child !== null) beginRestart(turn, 'reload', 'a reload was asked for');
  else s.startCause = 'reload';
}

/** Adds to the changes that wait. The same goal again adds nothing, so that repeating it delays nothing. */
function gather({ s, at }: Turn, before: SchedulerGoal, goal: SchedulerGoal & { want: 'enforce' }): void {
  if (before.want === 'enforce' && before.config.hash === goal.config.hash) return;
  if (target(s)?.hash === goal.config.hash) {
    s.batch = null;
    return;
  }
  s.batch = { firstAt: s.batch?.firstAt ?? at.mono, lastAt: at.mono, cause: goal.cause };
}

/** What the child has, or is just being given. */
function target({ child }: Machine): SchedulerConfig | null {
  if (child === null || child.stopping !== null) return null;
  return child.control?.to ?? child.config;
}

function openGapUnlessEnforcing(turn: Turn): void {
  const { child } = turn.s;
  if (child === null || child.provenAt === null || child.stopping !== null) openGap(turn);
}
