import { holder } from './holder.ts';
import { amend, enter, type Turn } from './turn.ts';

/** Who keeps being found may be a tenant that forges our mark: after so many searches in a row it is another's. */
const MAX_SWEEPS = 3;

/** Ends the child, then what earlier agents left, then waits until the kernel has let go. */
export function stopping(turn: Turn): void {
  const { s, at, policy } = turn;
  if (s.child !== null) killWhenDue(turn);
  else if (s.sweep === 'due') beginSweep(turn);
  else if (s.sweep === null) awaitRelease(turn);
  else if (at.mono >= s.sweep.deadline) swept(turn, 0);
  else enter(turn, 'stopping', s.reason);
  if (s.sweeps > 0 && at.mono - s.releaseBy > policy.failures.windowMs) s.sweeps = 0;
}

function killWhenDue(turn: Turn): void {
  const { s, at, policy, effects } = turn;
  const stop = s.child?.stopping ?? null;
  if (s.child === null || stop === null || at.mono < stop.killAt) return;
  effects.push({ type: 'signal', serial: s.child.serial, signal: 'SIGKILL' });
  amend(turn, { stopping: { ...stop, killAt: at.mono + policy.proveMs, killed: true } });
  enter(turn, 'stopping', `${stop.detail}; killed, not reaped yet`);
}

export function beginSweep({ s, at, policy, effects }: Turn): void {
  s.sweep = { deadline: at.mono + policy.sweepMs };
  effects.push({ type: 'sweep' });
}

/** The search is over. What it killed needs a moment to be let go of. */
export function swept({ s, at, policy }: Turn, ended: number): void {
  s.sweep = null;
  s.releaseBy = ended > 0 ? at.mono + policy.releaseMs : at.mono;
  s.sweeps = ended > 0 ? s.sweeps + 1 : 0;
  if (ended === 0 || s.sweeps >= MAX_SWEEPS) s.strangerSeq = at.kernel.enableSeq;
}

function awaitRelease(turn: Turn): void {
  const { s, at } = turn;
  const who = holder(at.kernel);
  if (who === 'none' || who === 'foreign') {
    enter(turn, 'stock', 'the kernel has let go');
    return;
  }
  if (at.mono < s.releaseBy) return;
  if (isStranger(turn)) {
    enter(turn, 'stock', `${at.kernel.ops} is another's`);
    return;
  }
  const { state, ops, enableSeq } = at.kernel;
  if (who === 'ours' && state === 'enabled' && s.leftSeq !== enableSeq) {
    beginSweep(turn);
    return;
  }
  enter(turn, 'stopping', `not proven stock: sched_ext is "${state}", its scheduler ${ops ?? 'cannot be told'}`);
}

/** Whether what is attached under our name is somebody else's: a search found nobody of ours to end. */
export function isStranger({ s, at: { kernel } }: Turn): boolean {
  if (holder(kernel) !== 'ours' || kernel.state !== 'enabled') return false;
  return s.strangerSeq === kernel.enableSeq;
}
