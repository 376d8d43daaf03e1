import type { ExitClass } from '../scheduler.ts';
import type { Child } from './state.ts';
import { amend, enter, openGap, type Turn } from './turn.ts';

export interface StopReason {
  readonly class: ExitClass;
  readonly detail: string;
  readonly urgent: boolean;
}

/** Begins to end the child. One that is being ended already can only be hurried. */
export function beginStop(turn: Turn, { class: exitClass, detail, urgent }: StopReason): void {
  const { s, at, policy, effects } = turn;
  const { child } = s;
  if (child === null) return;
  const killAt = at.mono + (urgent ? policy.killMs.urgent : policy.killMs.calm);
  if (child.stopping !== null) {
    amend(turn, { stopping: { ...child.stopping, killAt: Math.min(child.stopping.killAt, killAt) } });
    return;
  }
  const isKilled = isStillWaiting(child);
  amend(turn, { stopping: { class: exitClass, detail, killAt, isKilled }, control: null });
  effects.push({ type: 'signal', serial: child.serial, signal: isKilled ? 'SIGKILL' : 'SIGTERM' });
  enter(turn, 'stopping', detail);
  openGap(turn);
}

/** One that was a standby and has not attached yet has nothing to bring to an end, and must not attach while it does. */
function isStillWaiting({ kind, seq }: Child): boolean {
  return kind === 'handover' && seq === null;
}

/** Ends the child, to be started again with the config that is wanted then. */
export function beginRestart(turn: Turn, cause: string, detail: string): void {
  turn.s.startCause = cause;
  turn.s.batch = null;
  beginStop(turn, { class: 'asked', detail, urgent: false });
}
