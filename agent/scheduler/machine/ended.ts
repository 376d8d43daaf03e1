import type { ChildExit } from '../ports.ts';
import { type Classified, classify, explain, tellsKernelReason } from './exit-class.ts';
import { noteConsequences } from './failures.ts';
import { takeOver } from './handover.ts';
import { hasHotplugged, holder } from './holder.ts';
import { endStandby } from './standby.ts';
import type { Child, Standby, Stopping } from './state.ts';
import { enter, openGap, type Turn } from './turn.ts';

/** The child is reaped, or could not be started: says why, and what follows from it. */
export function childEnded(turn: Turn, exit: ChildExit): void {
  const { s, at, policy, effects } = turn;
  const { child } = s;
  if (child === null) return;
  const verdict = judge(turn, child, exit);
  s.lastExit = { class: verdict.class, detail: verdict.detail, at: at.wall };
  if (hasHotplugged(at.kernel, child.before)) s.lastHotplugAt = at.mono;
  s.child = null;
  s.releaseBy = at.mono + policy.releaseMs;
  // One that never attached left nothing: what is attached then is another's, or an orphan.
  s.leftSeq = holder(at.kernel) === 'ours' && verdict.class !== 'not-attached' ? at.kernel.enableSeq : null;
  effects.push({ type: 'exit', exit: s.lastExit });
  enter(turn, 'stopping', `the scheduler has ended (${verdict.class}): ${verdict.detail}`);
  openGap(turn);
  noteConsequences(turn, child.config, verdict);
  if (s.standby === null) return;
  if (isHeir(turn, s.standby, verdict)) takeOver(turn, s.standby, verdict.class === 'asked');
  else endStandby(turn);
}

/** Whether the standby comes next. Not where nothing may start now, and not with a view of CPUs that are no more. */
function isHeir({ s, at }: Turn, standby: Standby, verdict: Classified): boolean {
  if (standby.killAt !== null || standby.stage === 'weighing') return false;
  if (s.latch !== null || verdict.class === 'hotplug') return false;
  return !hasHotplugged(at.kernel, standby.before);
}

/**
 * The kernel lets go of a scheduler whose process dies, and that is seen sooner than the process is reaped. So where
 * it was ended by a signal that is not ours, its death came first and is the reason.
 */
function diedFirst({ class: because, isKilled }: Stopping, { signal }: ChildExit): boolean {
  return because === 'ejected' && !isKilled && signal !== null && signal !== 'SIGTERM';
}

function judge({ s, at, policy }: Turn, child: Child, exit: ChildExit): Classified {
  const { stopping } = child;
  const hotplugged = hasHotplugged(at.kernel, child.before);
  if (stopping === null || diedFirst(stopping, exit)) {
    const recentHotplug = s.lastHotplugAt !== null && at.mono - s.lastHotplugAt < policy.hotplugWindowMs;
    return classify(exit, { attached: child.seq !== null, hotplugged, recentHotplug });
  }
  if (stopping.class !== 'ejected') return stopping;
  if (hotplugged) return { class: 'hotplug', detail: `${stopping.detail}; ${explain(exit)}` };
  // Told in the same words whether the kernel's state or the child's end was seen first, or one cause makes two Events.
  const detail = tellsKernelReason(exit) ? explain(exit) : `${stopping.detail}; ${explain(exit)}`;
  return { class: 'ejected', detail };
}
