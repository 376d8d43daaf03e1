import { holder, isNewlyEnabled } from './holder.ts';
import { beginStop } from './stop.ts';
import { amend, enter, type Turn } from './turn.ts';

/** The child loads; nothing is attached yet. */
export function starting(turn: Turn): void {
  const { s, at, policy } = turn;
  const { child } = s;
  if (child === null) return;
  if (isNewlyEnabled(at.kernel, child.before)) {
    amend(turn, {
      seq: at.kernel.enableSeq,
      deadline: at.mono + policy.proofMs,
      nextAskAt: at.mono,
      lastProof: at.mono,
    });
    enter(turn, 'attaching', 'attached, not proven yet');
    return;
  }
  if (at.kernel.state === 'enabled' && holder(at.kernel) === 'foreign') {
    const detail = `another scheduler attached meanwhile: ${at.kernel.ops}`;
    beginStop(turn, { class: 'not-attached', detail, urgent: false });
    return;
  }
  if (at.mono < child.deadline) return;
  const detail = `not attached ${policy.startMs / 1000} s after its start; sched_ext is "${at.kernel.state}"`;
  beginStop(turn, { class: 'not-attached', detail, urgent: true });
}
