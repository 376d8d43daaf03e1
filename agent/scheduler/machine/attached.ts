import type { SchedulerConfig } from '../scheduler.ts';
import { forgive } from './failures.ts';
import { beginHandover, handingOver } from './handover.ts';
import { hasHotplugged, holder } from './holder.ts';
import { tellLive, tellMembers } from './live.ts';
import { canTakeLive } from './near.ts';
import { startLimit } from './rest.ts';
import { killStandbyWhenDue } from './standby.ts';
import type { Change, Child, Standby } from './state.ts';
import { beginRestart, beginStop } from './stop.ts';
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
  killStandbyWhenDue(turn);
  if (s.standby !== null) handingOver(turn, child, s.standby);
  tellLive(turn);
  if (s.standby === null) changeWhenDue(turn, child);
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
  const what = who === 'ours' && at.kernel.state === 'enabled' ? attachedAnew(s.standby) : 'the kernel let go of it';
  const hotplugged = hasHotplugged(at.kernel, child.before);
  const detail = hotplugged ? `${what}: the CPUs changed` : what;
  beginStop(turn, { class: hotplugged ? 'hotplug' : 'ejected', detail, urgent: false });
  return true;
}

function attachedAnew(standby: Standby | null): string {
  return standby === null
    ? 'it has attached anew by itself'
    : 'the kernel let go of it, and the standby has taken over';
}

const NONE: ReadonlySet<bigint> = new Set();

function ask(turn: Turn): void {
  const { s, at, policy, effects } = turn;
  const { child } = s;
  if (child === null || child.stopping !== null || child.isAsked || at.mono < child.nextAskAt) return;
  const except = child.missing?.cgroups ?? NONE;
  effects.push({ type: 'ask', serial: child.serial, config: child.config, except });
  amend(turn, {
    isAsked: true,
    nextAskAt: at.mono + (child.provenAt === null ? policy.proofSpacingMs : policy.proveMs),
  });
}

/** What cannot change live goes over to another process, with all that has been gathered. */
function changeWhenDue(turn: Turn, child: Child): void {
  const { s } = turn;
  if (s.goal.want !== 'enforce' || s.batch === null || s.child?.control != null) return;
  const to = s.goal.config;
  if (to.hash === child.config.hash || s.refused.includes(to.hash)) {
    s.batch = null;
    return;
  }
  if (canTakeLive(child, to) || !isBatchDue(turn)) return;
  replace(turn, child, to, { cause: s.batch.cause, since: s.batch.firstAt });
}

/** By a standby where the binary can, so that the old config is in force until the new one only has to attach. */
function replace(turn: Turn, child: Child, to: SchedulerConfig, change: Change): void {
  const { s, at } = turn;
  if (s.handover !== null && at.mono < s.handover.retryAt) return;
  // The kernel is about to let go of it anyway.
  if (hasHotplugged(at.kernel, child.before)) return;
  if (startLimit(turn) !== null) {
    enter(turn, 'enforcing', `a change waits: ${s.starts.length} starts in the last hour`);
    return;
  }
  if (s.canHandOver) beginHandover(turn, to, change);
  else beginRestart(turn, change.cause, 'a change needs a restart');
}
