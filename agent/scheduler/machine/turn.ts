import type { Policy } from '../policy.ts';
import type { SchedulerPhase } from '../scheduler.ts';
import type { Child, Effect, Machine, Moment, Standby } from './state.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** One step under way: a copy of the state to be changed, and what is to be done. It does not outlive the step. */
export interface Turn {
  readonly s: Writable<Machine>;
  readonly effects: Effect[];
  readonly at: Moment;
  readonly policy: Policy;
}

export function enter(turn: Turn, phase: SchedulerPhase, reason: string): void {
  if (turn.s.phase !== phase) turn.s.since = turn.at.wall;
  turn.s.phase = phase;
  turn.s.reason = reason;
}

/** Changes the child; a turn without one stays as it is. */
export function amend(turn: Turn, change: Partial<Child>): void {
  if (turn.s.child !== null) turn.s.child = { ...turn.s.child, ...change };
}

export function amendStandby(turn: Turn, change: Partial<Standby>): void {
  if (turn.s.standby !== null) turn.s.standby = { ...turn.s.standby, ...change };
}

export function openGap({ s, at }: Turn): void {
  if (s.goal.want === 'enforce') s.gapSince ??= at.mono;
}

export function closeGap({ s, at, effects }: Turn): void {
  if (s.gapSince === null) return;
  effects.push({ type: 'gap', seconds: (at.mono - s.gapSince) / 1000 });
  s.gapSince = null;
}

/** Whether changes have been gathered long enough. */
export function isBatchDue({ s, at, policy }: Turn): boolean {
  return s.batch === null || at.mono >= batchDueAt(s, policy);
}

export function batchDueAt({ batch }: Pick<Machine, 'batch'>, { debounce }: Policy): number {
  if (batch === null) return Number.POSITIVE_INFINITY;
  return Math.min(batch.lastAt + debounce.quietMs, batch.firstAt + debounce.maxMs);
}
