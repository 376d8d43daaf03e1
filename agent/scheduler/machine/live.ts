import type { SchedulerConfig } from '../scheduler.ts';
import { controlled } from './control-answer.ts';
import { canTakeLive } from './near.ts';
import type { Change, Child } from './state.ts';
import { amend, enter, type Turn } from './turn.ts';

/** What was told to an earlier process died with it. The socket may not be there yet, so it is tried again. */
export function tellMembers(turn: Turn, child: Child): void {
  const { at } = turn;
  if (child.control !== null) giveUpWhenDue(turn, child.control.deadline);
  else if (at.mono >= child.nextAskAt) send(turn, child, { to: child.config, isCheck: true, change: child.change });
}

/**
 * Tells what is attached of a change at once, one after the other. Every few seconds, and where it is not known what
 * became of the one before, it is asked what it has in force, and what is not as it should be is set right.
 */
export function tellLive(turn: Turn): void {
  const { s, at } = turn;
  const { child } = s;
  if (child === null || child.stopping !== null || child.config.members === null) return;
  if (child.control !== null) {
    giveUpWhenDue(turn, child.control.deadline);
    return;
  }
  const wanted = wantedLive(turn, child);
  const isCheck = wanted === null || child.unanswered > 0;
  if (isCheck && at.mono < child.nextCheckAt) return;
  send(turn, child, { to: child.config, change: child.change, ...wanted, isCheck });
  if (wanted === null) return;
  s.batch = null;
  if (s.phase === 'enforcing') enter(turn, 'updating', `live update: ${wanted.change.cause}`);
}

function wantedLive({ s }: Turn, child: Child): { to: SchedulerConfig; change: Change } | null {
  if (s.goal.want !== 'enforce' || s.batch === null) return null;
  const to = s.goal.config;
  if (to.hash === child.config.hash || s.refused.includes(to.hash) || !canTakeLive(child, to)) return null;
  return { to, change: { cause: s.batch.cause, since: s.batch.firstAt } };
}

interface Sending {
  readonly to: SchedulerConfig;
  readonly isCheck: boolean;
  readonly change: Change;
}

function send(turn: Turn, child: Child, { to, isCheck, change }: Sending): void {
  const { at, policy, effects } = turn;
  amend(turn, { control: { to, isCheck, deadline: at.mono + policy.controlMs, change } });
  effects.push({ type: 'control', serial: child.serial, from: isCheck ? null : child.config, to });
}

/** Whoever asks gives up by himself; this is for one that does not come back. */
function giveUpWhenDue(turn: Turn, deadline: number): void {
  if (turn.at.mono >= deadline) controlled(turn, { kind: 'unknown', reason: 'a live update got no answer' });
}
