import type { SchedulerExit } from '../scheduler.ts';
import type { Classified } from './exit-class.ts';
import { backoff, noteConsequences, refuse } from './failures.ts';
import type { Standby } from './state.ts';
import { amend, enter, type Turn } from './turn.ts';

/**
 * A standby was refused, died or was not ready in time. The one that enforces goes on, whatever the reason, and the
 * change is tried again with back-off: a plain restart would give up what works for what has just failed.
 */
export function standbyFailed(turn: Turn, standby: Standby, verdict: Classified): void {
  const { s, at, effects } = turn;
  const goesOn = s.child !== null && s.child.stopping === null;
  const exit: SchedulerExit = {
    class: verdict.class,
    detail: `hand-over: ${verdict.detail}`,
    at: at.wall,
    ...(goesOn && { isStandby: true }),
  };
  s.lastExit = exit;
  effects.push({ type: 'exit', exit });
  if (!goesOn) {
    // Nobody is left that could: it is a start that failed, like any other.
    noteConsequences(turn, standby.config, verdict);
    return;
  }
  if (verdict.class === 'config-refused') {
    refuse(turn, standby.config.hash);
    amend(turn, { isKnownGood: true });
  } else if (verdict.class !== 'hotplug') {
    putOff(turn);
  }
  s.batch ??= { firstAt: standby.change.since, lastAt: at.mono, cause: standby.change.cause };
  enter(turn, 'enforcing', `the config before: a hand-over failed (${verdict.class}): ${verdict.detail}`);
}

function putOff({ s, at, policy }: Turn): void {
  const attempts = (s.handover?.attempts ?? 0) + 1;
  s.handover = { attempts, retryAt: at.mono + backoff(attempts, at.chance, policy) };
}
