import { forgive } from './failures.ts';
import { hasHotplugged, holder } from './holder.ts';
import { startLimit } from './rest.ts';
import type { Child } from './state.ts';
import { beginStop } from './stop.ts';
import { amend, enter, isBatchDue, type Turn } from './turn.ts';

/** Attached, and the proof is on its way. */
export function attaching(turn: Turn): void {
  const { s, at } = turn;
  if (s.child === null || isLost(turn)) return;
  if (at.mono < s.child.deadline) {
    s.child.needsMembers ? tellMembers(turn, s.child) : ask(turn);
    return;
  }
  const doubt = s.child.doubt ?? { class: 'socket-silent' as const, detail: 'the statistics did not answer twice' };
  beginStop(turn, { ...doubt, urgent: true });
}

/** Proven; proved again each second, and changed as wanted. */
export function enforcing(turn: Turn): void {
  const { s, at, policy } = turn;
  const { child } = s;
  if (child === null || isLost(turn)) return;
  if (at.mono - child.lastProof >= policy.unprovenMs) {
    const doubt = child.doubt ?? { class: 'socket-silent' as const, detail: 'kernel and statistics could not be read' };
    const detail = `not proven for ${policy.unprovenMs / 1000} s: ${doubt.detail}`;
    beginStop(turn, { class: doubt.class, detail, urgent: true });
    return;
  }
  if (child.provenAt !== null && at.mono - child.provenAt >= policy.successMs) forgive(s, 'failures');
  if (child.control === null) changeWhenDue(turn, child);
  else if (at.mono >= child.control.deadline) {
    beginRestart(turn, child.control.change.cause, 'a live update got no answer');
  }
  ask(turn);
}

/** Whether the kernel no longer runs what was attached; then the child is ended too. */
function isLost(turn: Turn): boolean {
  const { s, at } = turn;
  const { child } = s;
  if (child === null) return true;
  const who = holder(at.kernel);
  // What cannot be read proves nothing: the time since the last proof runs.
  if (who === 'unknown') return false;
  const isSame = at.kernel.enableSeq === null || at.kernel.enableSeq === child.seq;
  if (who === 'ours' && at.kernel.state === 'enabled' && isSame) return false;
  const what =
    who === 'ours' && at.kernel.state === 'enabled' ? 'it has attached anew by itself' : 'the kernel let go of it';
  const hotplugged = hasHotplugged(at.kernel, child.before);
  const detail = hotplugged ? `${what}: the CPUs changed` : what;
  beginStop(turn, { class: hotplugged ? 'hotplug' : 'ejected', detail, urgent: false });
  return true;
}

function ask(turn: Turn): void {
  const { s, at, policy, effects } = turn;
  const { child } = s;
  if (child === null || child.stopping !== null || child.isAsked || at.mono < child.nextAskAt) return;
  effects.push({ type: 'ask', serial: child.serial, config: child.config });
  amend(turn, {
    isAsked: true,
    nextAskAt: at.mono + (child.provenAt === null ? policy.proofSpacingMs : policy.proveMs),
  });
}

/** What was told to an earlier process died with it. The socket may not be there yet, so it is tried again. */
function tellMembers(turn: Turn, child: Child): void {
  const { at, policy, effects } = turn;
  if (child.control !== null && at.mono < child.control.deadline) return;
  if (child.control === null && at.mono < child.nextAskAt) return;
  amend(turn, { control: { to: child.config, deadline: at.mono + policy.controlMs, change: child.change } });
  effects.push({ type: 'control', serial: child.serial, from: null, to: child.config });
}

/** Goes over to the config asked for: live where only members and numbers differ, else by a restart. */
function changeWhenDue(turn: Turn, child: Child): void {
  const { s, at, policy, effects } = turn;
  if (s.goal.want !== 'enforce' || s.batch === null || !isBatchDue(turn)) return;
  const to = s.goal.config;
  if (to.hash === child.config.hash || s.refused.includes(to.hash)) {
    s.batch = null;
    return;
  }
  const change = { cause: s.batch.cause, since: s.batch.firstAt };
  if (to.members === null || child.config.members === null || to.shape !== child.config.shape) {
    if (startLimit(turn) !== null) {
      enter(turn, 'enforcing', `a change waits: ${s.starts.length} starts in the last hour`);
      return;
    }
    beginRestart(turn, change.cause, 'a change needs a restart');
    return;
  }
  s.batch = null;
  amend(turn, { control: { to, deadline: at.mono + policy.controlMs, change } });
  effects.push({ type: 'control', serial: child.serial, from: child.config, to });
  enter(turn, 'updating', `live update: ${change.cause}`);
}

export function beginRestart(turn: Turn, cause: string, detail: string): void {
  turn.s.startCause = cause;
  turn.s.batch = null;
  beginStop(turn, { class: 'asked', detail, urgent: false });
}
