import type { ExitClass } from '../scheduler.ts';
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
  amend(turn, { stopping: { class: exitClass, detail, killAt, killed: false }, control: null });
  effects.push({ type: 'signal', serial: child.serial, signal: 'SIGTERM' });
  enter(turn, 'stopping', detail);
  openGap(turn);
}
