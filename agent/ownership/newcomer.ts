import { type Classified, classify } from '../scheduler/machine/exit-class.ts';
import { backoff } from '../scheduler/machine/failures.ts';
import { hasHotplugged } from '../scheduler/machine/holder.ts';
import { canTakeLive } from '../scheduler/machine/near.ts';
import type { Moment } from '../scheduler/machine/state.ts';
import type { Policy } from '../scheduler/policy.ts';
import type { ChildExit, KernelReading } from '../scheduler/ports.ts';
import type { SchedulerConfig, SchedulerExit, SchedulerGoal } from '../scheduler/scheduler.ts';

/** A scheduler that loads beside that of the agent before us, and waits for our word. */
export interface Waiting {
  readonly serial: number;
  /** Of the shape that was loaded, with the newest members; numbers that it has not loaded it is told when it is attached. */
  readonly config: SchedulerConfig;
  /** `weighing`: not started yet, until it is known whether there is room for it. */
  readonly stage: 'weighing' | 'loading' | 'ready';
  readonly startedAt: number;
  /** By when it must be ready. */
  readonly deadline: number;
  readonly before: KernelReading;
  /** What the kernel said when it was told that it may attach; null before. */
  readonly released: KernelReading | null;
  /** When SIGKILL is sent again; null while it is not being ended. */
  readonly killAt: number | null;
}

/** What an agent does about the scheduler while another one has the node. A value; `stepNewcomer` makes the next one. */
export interface Newcomer {
  /** Null before the first turn of the loop. */
  readonly goal: SchedulerGoal | null;
  /** Whether our binary can wait beside another; null where it does not even say what it is. */
  readonly canStandBy: boolean | null;
  /** Whether there is anything to lose while one follows the other: the agent before us has something attached, or is about to. */
  readonly hasToLose: boolean;
  /** Whether the agent before us is about to let go of the node, or has died. */
  readonly isReleased: boolean;
  readonly waiting: Waiting | null;
  readonly serial: number;
  /** Loads that failed in a row, and when the next may begin. */
  readonly attempts: number;
  readonly retryAt: number;
  /** Why the last load failed; null after one that did not. */
  readonly lastExit: SchedulerExit | null;
  /** What the node is short of for a second scheduler; null where there is room, or it was not asked. */
  readonly shortage: string | null;
}

export type NewcomerEvent =
  | { readonly type: 'tick' }
  | { readonly type: 'goal'; readonly goal: SchedulerGoal }
  | { readonly type: 'before-us'; readonly hasToLose: boolean; readonly isReleased: boolean }
  | { readonly type: 'weighed'; readonly serial: number; readonly shortage: string | null }
  | { readonly type: 'ready'; readonly serial: number }
  | { readonly type: 'exited'; readonly serial: number; readonly exit: ChildExit };

export type NewcomerEffect =
  | { readonly type: 'weigh'; readonly serial: number }
  | { readonly type: 'spawn'; readonly serial: number; readonly config: SchedulerConfig }
  | { readonly type: 'kill'; readonly serial: number }
  /** Its members file is read when it attaches, and must be the newest then. */
  | { readonly type: 'members'; readonly config: SchedulerConfig }
  | { readonly type: 'release'; readonly serial: number }
  | { readonly type: 'exit'; readonly exit: SchedulerExit };

export function newcomer(canStandBy: boolean | null): Newcomer {
  return {
    goal: null,
    canStandBy,
    hasToLose: true,
    isReleased: false,
    waiting: null,
    serial: 0,
    attempts: 0,
    retryAt: Number.NEGATIVE_INFINITY,
    lastExit: null,
    shortage: null,
  };
}

type Draft = { -readonly [Key in keyof Newcomer]: Newcomer[Key] };

interface Step {
  readonly s: Draft;
  readonly effects: NewcomerEffect[];
  readonly at: Moment;
  readonly policy: Policy;
}

/** What becomes of it by one event, and what is to be done. Pure. */
export function stepNewcomer(
  state: Newcomer,
  event: NewcomerEvent,
  at: Moment,
  policy: Policy,
): { readonly state: Newcomer; readonly effects: readonly NewcomerEffect[] } {
  const step: Step = { s: { ...state }, effects: [], at, policy };
  if (!('serial' in event) || event.serial === state.waiting?.serial) hear(step, event);
  advance(step);
  return { state: step.s, effects: step.effects };
}

function hear(step: Step, event: NewcomerEvent): void {
  const { s } = step;
  switch (event.type) {
    case 'tick':
      return;
    case 'goal':
      takeGoal(step, event.goal);
      return;
    case 'before-us':
      s.hasToLose = event.hasToLose;
      s.isReleased = event.isReleased;
      return;
    case 'weighed':
      weighed(step, event.shortage);
      return;
    case 'ready':
      if (s.waiting?.stage !== 'loading') return;
      s.waiting = { ...s.waiting, stage: 'ready' };
      s.attempts = 0;
      s.lastExit = null;
      return;
    case 'exited':
      exited(step, event.exit);
  }
}

function takeGoal({ s, effects }: Step, goal: SchedulerGoal): void {
  s.goal = goal;
  const { waiting } = s;
  if (goal.want === 'stock' || waiting === null || waiting.stage === 'weighing') return;
  if (waiting.config.hash === goal.config.hash || !canFollow(waiting, goal)) return;
  s.waiting = { ...waiting, config: goal.config };
  effects.push({ type: 'members', config: goal.config });
}

/** Whether it can take what is wanted now without being loaded anew. */
function canFollow({ config }: Waiting, goal: SchedulerGoal & { want: 'enforce' }): boolean {
  return canTakeLive({ config, takesNumbers: null }, goal.config);
}

function weighed({ s, at, policy, effects }: Step, shortage: string | null): void {
  const { waiting } = s;
  if (waiting?.stage !== 'weighing') return;
  s.shortage = shortage;
  if (shortage === null && s.goal?.want === 'enforce') {
    const { config } = s.goal;
    const deadline = at.mono + policy.startMs;
    s.waiting = { ...waiting, config, stage: 'loading', startedAt: at.mono, deadline, before: at.kernel };
    effects.push({ type: 'spawn', serial: waiting.serial, config });
    return;
  }
  s.waiting = null;
  // Memory comes and goes, so it is looked at again, and not at once.
  s.retryAt = at.mono + policy.backoff.capMs;
}

function exited(step: Step, exit: ChildExit): void {
  const { s, at } = step;
  const { waiting } = s;
  if (waiting === null) return;
  s.waiting = null;
  if (waiting.killAt !== null) return;
  const hotplugged = hasHotplugged(at.kernel, waiting.before);
  failed(step, classify(exit, { attached: false, hotplugged, recentHotplug: false }));
}

/** Said, and tried again with back-off: the agent before us enforces all the while. */
function failed({ s, at, policy, effects }: Step, verdict: Classified): void {
  const { class: exitClass, detail } = verdict;
  const exit = { class: exitClass, detail: `upgrade: ${detail}`, at: at.wall, isStandby: true } as const;
  effects.push({ type: 'exit', exit });
  if (exitClass === 'hotplug') {
    s.retryAt = at.mono + policy.hotplugMs;
    return;
  }
  s.lastExit = exit;
  s.attempts += 1;
  s.retryAt = at.mono + backoff(s.attempts, at.chance, policy);
}

function advance(step: Step): void {
  const { s, at } = step;
  const { waiting } = s;
  if (waiting === null) {
    if (isWanted(s) && at.mono >= s.retryAt) begin(step);
    return;
  }
  if (waiting.stage === 'weighing') {
    if (s.goal?.want !== 'enforce') s.waiting = null;
    return;
  }
  const isDue = waiting.killAt === null ? !isOfUse(step, waiting) : at.mono >= waiting.killAt;
  if (isDue) kill(step, waiting);
  else if (s.isReleased && waiting.killAt === null && waiting.released === null) release(step, waiting);
}

/** Nothing is loaded for an agent that has the node and nothing attached: there the start costs nobody anything. */
function isWanted({ goal, canStandBy, hasToLose, isReleased }: Newcomer): boolean {
  return goal?.want === 'enforce' && canStandBy === true && hasToLose && !isReleased;
}

/** Whether what waits could take over as it is. What may attach already goes on: what differs is changed when it has. */
function isOfUse(step: Step, waiting: Waiting): boolean {
  const { s, at, policy } = step;
  if (s.goal?.want !== 'enforce') return false;
  if (waiting.released !== null) return true;
  if (hasHotplugged(at.kernel, waiting.before) || !canFollow(waiting, s.goal)) return false;
  if (waiting.stage === 'ready' || at.mono < waiting.deadline) return true;
  failed(step, { class: 'not-attached', detail: `not ready ${policy.startMs / 1000} s after its start` });
  return false;
}

function begin({ s, at, policy, effects }: Step): void {
  if (s.goal?.want !== 'enforce') return;
  s.serial += 1;
  s.waiting = {
    serial: s.serial,
    config: s.goal.config,
    stage: 'weighing',
    startedAt: at.mono,
    deadline: at.mono + policy.startMs,
    before: at.kernel,
    released: null,
    killAt: null,
  };
  effects.push({ type: 'weigh', serial: s.serial });
}

/** By SIGKILL, as it has nothing to bring to an end, and must not attach while it does. */
function kill({ s, at, policy, effects }: Step, waiting: Waiting): void {
  s.waiting = { ...waiting, killAt: at.mono + policy.proveMs };
  // Whoever makes the config change again and again must not make us load without a pause.
  s.retryAt = Math.max(s.retryAt, at.mono + policy.backoff.baseMs);
  effects.push({ type: 'kill', serial: waiting.serial });
}

function release({ s, at, effects }: Step, waiting: Waiting): void {
  s.waiting = { ...waiting, released: at.kernel };
  effects.push({ type: 'release', serial: waiting.serial });
}
