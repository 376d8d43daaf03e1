import { choose } from './failures.ts';
import { holder } from './holder.ts';
import { newChild } from './new-child.ts';
import { isStranger } from './stopping.ts';
import { closeGap, enter, isBatchDue, openGap, type Turn } from './turn.ts';

/** Nothing of ours is attached: stays so, and says why, or starts. */
export function rest(turn: Turn): void {
  const { s } = turn;
  if (!isOurs(turn)) return;
  if (s.goal.want === 'stock') {
    closeGap(turn);
    enter(turn, 'stock', s.goal.reason);
    return;
  }
  openGap(turn);
  if (s.foreign !== null) {
    enter(turn, 'stock', `another scheduler is attached: ${s.foreign}`);
    return;
  }
  if (s.latch !== null) {
    enter(turn, 'latched', s.latch.reason);
    return;
  }
  startWhenDue(turn);
}

/** Whether the node is still proven to be free of ours; looks at what another has attached. */
function isOurs(turn: Turn): boolean {
  const { s, at } = turn;
  const who = holder(at.kernel);
  const isOthers = who === 'foreign' || isStranger(turn);
  s.foreign = isOthers ? at.kernel.ops : null;
  if (who === 'none' || isOthers) return true;
  // Somebody unknown enables one right now; its name comes with it.
  enter(turn, 'stopping', 'sched_ext is in use, and not by our child');
  s.releaseBy = at.mono;
  return false;
}

function startWhenDue(turn: Turn): void {
  const { s, at } = turn;
  const choice = choose(s);
  if (choice === null) {
    enter(turn, 'latched', `the config was refused, and none that worked is left: ${s.lastExit?.detail ?? ''}`);
    return;
  }
  const limit = startLimit(turn);
  if (s.retryAt !== null && at.mono < s.retryAt) {
    enter(turn, 'waiting', `after ${s.lastExit?.detail ?? 'a failure'}`);
    return;
  }
  if (limit !== null) {
    s.retryAt = limit;
    s.retryAtWall = at.wall + (limit - at.mono);
    enter(turn, 'waiting', `${s.starts.length} starts in the last hour`);
    return;
  }
  if (!isBatchDue(turn)) {
    enter(turn, 'stock', 'about to start');
    return;
  }
  start(turn, choice);
}

/** When a start is allowed again; null where it is now. */
export function startLimit({ s, at, policy: { starts } }: Turn): number | null {
  s.starts = s.starts.filter((start) => at.mono - start < starts.windowMs);
  const oldest = s.starts[0];
  return s.starts.length < starts.max || oldest === undefined ? null : oldest + starts.windowMs;
}

function start(turn: Turn, { config, isKnownGood }: NonNullable<ReturnType<typeof choose>>): void {
  const { s, at, policy, effects } = turn;
  s.serial += 1;
  s.starts = [...s.starts, at.mono];
  const since = s.gapSince ?? at.mono;
  const cause = s.startCause ?? s.batch?.cause ?? (s.goal.want === 'enforce' ? s.goal.cause : 'start');
  const { serial } = s;
  const now = at.mono;
  const deadline = now + policy.startMs;
  const change = { cause, since };
  s.child = newChild(
    { serial, config, isKnownGood, change, kind: 'restart', startedAt: now, before: at.kernel, deadline },
    now,
  );
  s.batch = null;
  s.startCause = null;
  s.retryAt = null;
  s.retryAtWall = null;
  effects.push({ type: 'spawn', serial, config, standsBy: false });
  enter(turn, 'starting', isKnownGood ? 'loading the last config that worked' : 'loading');
}
