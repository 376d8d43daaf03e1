import type { ChildExit } from '../ports.ts';
import { classify } from './exit-class.ts';
import { standbyFailed } from './handover-failed.ts';
import { hasHotplugged, holder } from './holder.ts';
import { amendStandby, type Turn } from './turn.ts';

/**
 * Ends the standby, if there is one. Always by SIGKILL: it has nothing to bring to an end, and with SIGTERM on its way it
 * could still attach when the first lets go.
 */
export function endStandby(turn: Turn): void {
  const { s } = turn;
  if (s.standby === null || s.standby.killAt !== null) return;
  if (s.standby.stage === 'weighing') s.standby = null;
  else kill(turn);
}

/** Until it is reaped, as with any child. */
export function killStandbyWhenDue(turn: Turn): void {
  const { standby } = turn.s;
  if (standby?.killAt != null && turn.at.mono >= standby.killAt) kill(turn);
}

function kill(turn: Turn): void {
  const { s, at, policy, effects } = turn;
  if (s.standby === null) return;
  effects.push({ type: 'signal', serial: s.standby.serial, signal: 'SIGKILL' });
  amendStandby(turn, { killAt: at.mono + policy.proveMs });
}

/** The standby is reaped, or could not be started. */
export function standbyEnded(turn: Turn, exit: ChildExit): void {
  const { s, at, policy } = turn;
  const { standby } = s;
  if (standby === null) return;
  s.standby = null;
  if (s.child === null) {
    // It may have attached in the moment before it was ended.
    s.releaseBy = at.mono + policy.releaseMs;
    s.leftSeq = holder(at.kernel) === 'ours' ? at.kernel.enableSeq : null;
  }
  if (standby.killAt !== null) return;
  const hotplugged = hasHotplugged(at.kernel, standby.before);
  const recentHotplug = s.lastHotplugAt !== null && at.mono - s.lastHotplugAt < policy.hotplugWindowMs;
  standbyFailed(turn, standby, classify(exit, { attached: false, hotplugged, recentHotplug }));
}
