import type { SchedulerConfig, SchedulerGoal } from '../scheduler.ts';
import { choose, forgive } from './failures.ts';
import { beginHandover } from './handover.ts';
import { hasHotplugged } from './holder.ts';
import { startLimit } from './rest.ts';
import { endStandby } from './standby.ts';
import type { Machine } from './state.ts';
import { beginRestart, beginStop } from './stop.ts';
import { closeGap, openGap, type Turn } from './turn.ts';

/** Takes a new goal; the old one is forgotten. */
export function take(turn: Turn, goal: SchedulerGoal): void {
  const { s } = turn;
  const before = s.goal;
  s.goal = goal;
  if (goal.want === 'stock') {
    s.batch = null;
    s.handover = null;
    closeGap(turn);
    // Before the child: what waits for the node must be gone when the child lets go of it.
    endStandby(turn);
    // Whoever wants stock may hear of the CPUs before the kernel is seen to let go. The child then loads anew by itself,
    // for CPUs that nobody has judged, and hears no SIGTERM until it has.
    const hotplugged = s.child !== null && hasHotplugged(turn.at.kernel, s.child.before);
    const urgent = goal.urgent || hotplugged;
    beginStop(turn, { class: hotplugged ? 'hotplug' : 'asked', detail: goal.reason, urgent });
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

/**
 * A person wants it anew, whatever was latched or refused. What enforces is replaced without giving it up first where
 * that can be done. Where it has just failed, whoever asks all the same means it.
 */
export function reload(turn: Turn): void {
  const { s, at } = turn;
  const { child, handover } = s;
  forgive(s, 'everything');
  s.strangerSeq = null;
  if (s.goal.want === 'stock' || child === null) {
    s.startCause = 'reload';
    return;
  }
  // Another process is about to follow already.
  if (s.standby !== null && s.standby.killAt === null) return;
  const choice = handover === null && isReplaceable(turn) ? choose(s) : null;
  if (choice === null) beginRestart(turn, 'reload', 'a reload was asked for');
  else beginHandover(turn, choice.config, { cause: 'reload', since: at.mono });
}

function isReplaceable(turn: Turn): boolean {
  const { canHandOver, phase, standby } = turn.s;
  const isInForce = phase === 'enforcing' || phase === 'updating';
  return canHandOver && isInForce && standby === null && startLimit(turn) === null;
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
function target({ child, standby }: Machine): SchedulerConfig | null {
  if (standby !== null && standby.killAt === null) return standby.config;
  if (child === null || child.stopping !== null) return null;
  return child.control?.to ?? child.config;
}

function openGapUnlessEnforcing(turn: Turn): void {
  const { child } = turn.s;
  if (child === null || child.provenAt === null || child.stopping !== null) openGap(turn);
}
