import type { SchedulerConfig } from '../scheduler.ts';
import { standbyFailed } from './handover-failed.ts';
import { hasHotplugged } from './holder.ts';
import { canTakeLive } from './near.ts';
import { newChild } from './new-child.ts';
import { endStandby } from './standby.ts';
import type { Change, Child, Standby } from './state.ts';
import { beginRestart, beginStop } from './stop.ts';
import { enter, type Turn } from './turn.ts';

/** How the reason of a restart begins that would have been a hand-over. */
export const NO_ROOM = 'no room to hand over';

/** A second scheduler loads while the first goes on; only when it waits, the first is ended. */
export function beginHandover(turn: Turn, config: SchedulerConfig, change: Change): void {
  const { s, at, policy, effects } = turn;
  s.serial += 1;
  // What the attached one can take it is told too.
  if (s.child === null || !canTakeLive(s.child, config)) s.batch = null;
  s.standby = {
    serial: s.serial,
    config,
    change,
    stage: 'weighing',
    deadline: at.mono + policy.startMs,
    startedAt: at.mono,
    before: at.kernel,
    killAt: null,
  };
  effects.push({ type: 'weigh', serial: s.serial });
  enter(turn, 'handing-over', `${change.cause}: looks for room for a second scheduler`);
}

/** It is known whether two fit. Where they do not, the change costs the gap of a restart. */
export function weighed(turn: Turn, shortage: string | null): void {
  const { s, at, effects } = turn;
  const { standby } = s;
  if (standby === null || standby.stage !== 'weighing') return;
  if (s.phase !== 'handing-over') {
    s.standby = null;
    return;
  }
  if (shortage !== null) {
    s.standby = null;
    beginRestart(turn, standby.change.cause, `${NO_ROOM}: ${shortage}`);
    return;
  }
  s.standby = { ...standby, stage: 'loading', startedAt: at.mono, before: at.kernel };
  s.starts = [...s.starts, at.mono];
  effects.push({ type: 'spawn', serial: standby.serial, config: standby.config, standsBy: true });
  enter(turn, 'handing-over', `${standby.change.cause}: a second scheduler loads`);
}

/** The standby waits: the first is ended, and the kernel gives the node to whoever waits for it. */
export function standbyReady(turn: Turn): void {
  const { s } = turn;
  const { standby } = s;
  if (standby === null || standby.stage !== 'loading' || standby.killAt !== null) return;
  s.standby = { ...standby, stage: 'ready' };
  if (s.phase === 'handing-over') {
    beginStop(turn, { class: 'asked', detail: 'handed over to the standby', urgent: false });
  }
}

/** Looked at while the first still enforces: whether the standby is still wanted, and still in time. */
export function handingOver(turn: Turn, child: Child, standby: Standby): void {
  const { s, at, policy } = turn;
  if (standby.killAt !== null) return;
  if (hasHotplugged(at.kernel, standby.before)) {
    callOff(turn, standby, 'the CPUs have changed since the standby loaded');
    return;
  }
  if (at.mono >= standby.deadline) {
    const detail = `not ready ${policy.startMs / 1000} s after its start`;
    endStandby(turn);
    standbyFailed(turn, standby, { class: 'not-attached', detail });
    return;
  }
  if (s.batch === null || s.goal.want !== 'enforce') return;
  const to = s.goal.config;
  if (canTakeLive(child, to)) {
    // One that has what the attached one could take is for a person who wants another process: it goes on.
    if (!canTakeLive(child, standby.config)) callOff(turn, standby, 'the change is no longer wanted');
  } else if (canTakeLive({ config: standby.config, takesNumbers: child.takesNumbers }, to)) {
    s.batch = null;
    giveStandby(turn, standby, to);
  }
}

/** The standby follows what the attached one was told meanwhile. */
export function updateStandby(turn: Turn): void {
  const { child, standby } = turn.s;
  if (child === null || standby === null || standby.killAt !== null) return;
  if (canTakeLive(child, standby.config)) giveStandby(turn, standby, child.config);
}

/** Its members are read just before it attaches, and numbers that it has not loaded it is told then. */
function giveStandby({ s, effects }: Turn, standby: Standby, config: SchedulerConfig): void {
  s.standby = { ...standby, config };
  if (standby.stage !== 'weighing') effects.push({ type: 'update-standby', config });
}

/** What is still wanted is begun anew, when the standby is gone. */
function callOff(turn: Turn, standby: Standby, reason: string): void {
  const { s, at } = turn;
  endStandby(turn);
  s.batch ??= { firstAt: standby.change.since, lastAt: at.mono, cause: standby.change.cause };
  enter(turn, 'enforcing', `not handed over: ${reason}`);
}

/** The one before is gone: the standby is the child now, whether it waits or still loads. */
export function takeOver(turn: Turn, standby: Standby, wasAsked: boolean): void {
  const { s, at, policy } = turn;
  const { serial, config, startedAt, before, stage } = standby;
  const change = wasAsked ? standby.change : { cause: 'recovery', since: s.gapSince ?? at.mono };
  const deadline = stage === 'ready' ? at.mono + policy.takeOverMs : standby.deadline;
  s.standby = null;
  s.child = newChild(
    { serial, config, isKnownGood: false, change, kind: 'handover', startedAt, before, deadline },
    at.mono,
  );
  s.startCause = null;
  s.retryAt = null;
  s.retryAtWall = null;
  enter(turn, 'starting', stage === 'ready' ? 'the standby attaches' : 'the standby still loads');
}
