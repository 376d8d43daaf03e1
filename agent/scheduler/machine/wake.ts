import type { Policy } from '../policy.ts';
import type { Machine } from './state.ts';
import { batchDueAt } from './turn.ts';

/** After how many milliseconds to look again, though nothing happens: the next deadline, at most a second. */
export function wakeIn(state: Machine, now: number, policy: Policy): number {
  const pollMs = isUnderWay(state) ? policy.pollMs : policy.proveMs;
  const ahead = deadlines(state, policy).filter((deadline) => deadline > now);
  return Math.max(1, Math.min(now + pollMs, ...ahead) - now);
}

function isUnderWay({ phase }: Machine): boolean {
  return phase === 'stopping' || phase === 'starting' || phase === 'attaching';
}

function deadlines(state: Machine, policy: Policy): number[] {
  const { child, standby, handover, sweep } = state;
  const all = [batchDueAt(state, policy), state.releaseBy, state.retryAt ?? 0];
  if (sweep !== null && sweep !== 'due') all.push(sweep.deadline);
  if (standby !== null) all.push(standby.killAt ?? standby.deadline);
  if (handover !== null) all.push(handover.retryAt);
  if (child === null) return all;
  all.push(child.deadline, child.lastProof + policy.unprovenMs);
  if (!child.isAsked) all.push(child.nextAskAt);
  if (child.stopping !== null) all.push(child.stopping.killAt);
  if (child.control !== null) all.push(child.control.deadline);
  else if (child.config.members !== null) all.push(child.nextCheckAt);
  return all;
}
