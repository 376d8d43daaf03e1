import type { Missing } from '../live/bring-in-force.ts';
import type { ChildExit, ControlOutcome, KernelReading, LiveNews, UpdateKind } from '../ports.ts';
import type { ExitClass, SchedulerConfig, SchedulerExit, SchedulerGoal, SchedulerPhase } from '../scheduler.ts';

/** The world at the moment of an event: what else would have to be read, so that a step stays pure. */
export interface Moment {
  /** Milliseconds since the epoch, only to be shown. */
  readonly wall: number;
  /** Milliseconds that never jump; all deadlines are told by these. */
  readonly mono: number;
  /** In [0, 1), for jitter. */
  readonly chance: number;
  readonly kernel: KernelReading;
}

export type StatisticsOutcome =
  /** `hash` of the config that it was held against. */
  | { readonly ok: true; readonly wrong: string | null; readonly hash: string }
  | { readonly ok: false; readonly reason: string };

/** What happened. What concerns a child names its serial number, so that late news of an earlier one is ignored. */
export type Event =
  | { readonly type: 'tick' }
  | { readonly type: 'goal'; readonly goal: SchedulerGoal }
  | { readonly type: 'reload' }
  | { readonly type: 'exited'; readonly serial: number; readonly exit: ChildExit }
  /** Whether there is room for a second scheduler: what is short, or null. */
  | { readonly type: 'weighed'; readonly serial: number; readonly shortage: string | null }
  /** The standby has loaded and waits. */
  | { readonly type: 'ready'; readonly serial: number }
  | { readonly type: 'statistics'; readonly serial: number; readonly outcome: StatisticsOutcome }
  | { readonly type: 'controlled'; readonly serial: number; readonly outcome: ControlOutcome }
  | { readonly type: 'swept'; readonly ended: number };

/** What is to be done. */
export type Effect =
  | {
      readonly type: 'spawn';
      readonly serial: number;
      readonly config: SchedulerConfig;
      /** Whether it is to wait until the node is free. */
      readonly standsBy: boolean;
    }
  | { readonly type: 'weigh'; readonly serial: number }
  | { readonly type: 'signal'; readonly serial: number; readonly signal: 'SIGTERM' | 'SIGKILL' }
  | {
      readonly type: 'ask';
      readonly serial: number;
      readonly config: SchedulerConfig;
      /** Cgroups that are known not to be in their layer. */
      readonly except: ReadonlySet<bigint>;
    }
  | {
      readonly type: 'control';
      readonly serial: number;
      readonly from: SchedulerConfig | null;
      readonly to: SchedulerConfig;
    }
  | { readonly type: 'update-standby'; readonly config: SchedulerConfig }
  | { readonly type: 'live'; readonly news: LiveNews }
  | { readonly type: 'sweep' }
  | { readonly type: 'keep'; readonly config: SchedulerConfig }
  | { readonly type: 'exit'; readonly exit: SchedulerExit }
  | { readonly type: 'update'; readonly kind: UpdateKind; readonly cause: string; readonly seconds: number }
  | { readonly type: 'gap'; readonly seconds: number };

/** How a child is being ended. */
export interface Stopping {
  readonly class: ExitClass;
  readonly detail: string;
  /** When SIGKILL is due, again and again until it is reaped. */
  readonly killAt: number;
  /** Whether SIGKILL was sent already. */
  readonly isKilled: boolean;
}

/** A change that is under way, for the metric. */
export interface Change {
  readonly cause: string;
  readonly since: number;
}

/** A live update under way. */
export interface Update {
  readonly to: SchedulerConfig;
  /** Whether it was asked first what is in force. */
  readonly isCheck: boolean;
  readonly deadline: number;
  readonly change: Change;
}

/** The process, from spawn until it is reaped. */
export interface Child {
  readonly serial: number;
  /** What it was started with, or has taken over live. */
  readonly config: SchedulerConfig;
  readonly isKnownGood: boolean;
  readonly startedAt: number;
  readonly before: KernelReading;
  /** The `enable_seq` of its attach; null before. */
  readonly seq: number | null;
  /** When it was proven; null before. */
  readonly provenAt: number | null;
  /** When the phase must be over: the start's, then the proof's. */
  readonly deadline: number;
  /** The last moment at which kernel and statistics told that all is right. */
  readonly lastProof: number;
  /** Whether it must be told its members before anything can be proven. */
  readonly needsMembers: boolean;
  readonly isAsked: boolean;
  readonly nextAskAt: number;
  /** Good answers in a row, and of these the latest in a row with a task in a wrong layer. */
  readonly answers: number;
  readonly wrongs: number;
  /** What spoke against it last. */
  readonly doubt: { readonly class: 'wrong-layers' | 'socket-silent'; readonly detail: string } | null;
  /** A live update that is not answered yet. */
  readonly control: Update | null;
  /** When what it has in force is asked for next. */
  readonly nextCheckAt: number;
  /** Live updates in a row of which it is not known what became of them: until it is, what is in force is to be asked. */
  readonly unanswered: number;
  /** Why the latest of these failed, for people. */
  readonly silence: string;
  /** Cgroups that are not in their layer, as the scheduler did not take them; null where all are. */
  readonly missing: Missing | null;
  /** Whether its numbers can change while it runs; null until it was asked. */
  readonly takesNumbers: boolean | null;
  readonly change: Change;
  /** How its config comes into force, for the metric: started on a free node, or taken over as the standby. */
  readonly kind: 'restart' | 'handover';
  readonly stopping: Stopping | null;
}

/** A second process with another config, beside the attached one: it waits until the node is free, then attaches. */
export interface Standby {
  readonly serial: number;
  readonly config: SchedulerConfig;
  readonly change: Change;
  /** `weighing`: not started yet, until it is known whether there is room for it. */
  readonly stage: 'weighing' | 'loading' | 'ready';
  /** By when it must be ready. */
  readonly deadline: number;
  readonly startedAt: number;
  readonly before: KernelReading;
  /** When SIGKILL is sent again; null while it is not being ended. */
  readonly killAt: number | null;
}

export interface Failure {
  readonly at: number;
  readonly isEjection: boolean;
}

/** All that the supervisor knows. A value; `step` makes the next one. */
export interface Machine {
  readonly phase: SchedulerPhase;
  readonly reason: string;
  /** On the wall clock. */
  readonly since: number;
  readonly goal: SchedulerGoal;
  /** Changes that are not begun yet. */
  readonly batch: { readonly firstAt: number; readonly lastAt: number; readonly cause: string } | null;
  readonly child: Child | null;
  readonly standby: Standby | null;
  /** Whether the binary can stand by. */
  readonly canHandOver: boolean;
  /** Hand-overs that failed in a row, and when the next may begin; null where none has. */
  readonly handover: { readonly attempts: number; readonly retryAt: number } | null;
  readonly serial: number;
  readonly generation: number;
  readonly appliedHash: string | null;
  readonly knownGood: SchedulerConfig | null;
  /** Hashes of configs that were refused, oldest first; never tried again until a reload. */
  readonly refused: readonly string[];
  readonly lastExit: SchedulerExit | null;
  readonly foreign: string | null;
  /** What was attached under our name after nobody of ours was left to end: its `enable_seq`. */
  readonly strangerSeq: number | null;
  /** The `enable_seq` that our last child left attached when it ended; null where the kernel had let go already. */
  readonly leftSeq: number | null;
  /** A search for orphans: before the first, while it runs until its deadline, and none. */
  readonly sweep: { readonly deadline: number } | 'due' | null;
  /** Searches in a row that ended somebody. */
  readonly sweeps: number;
  /** By when the kernel should have let go. */
  readonly releaseBy: number;
  /** Failures in a row. */
  readonly attempts: number;
  readonly failures: readonly Failure[];
  /** When to try again; null where nothing has failed. */
  readonly retryAt: number | null;
  readonly retryAtWall: number | null;
  readonly latch: { readonly hash: string; readonly reason: string } | null;
  readonly lastHotplugAt: number | null;
  readonly starts: readonly number[];
  /** Since when enforcement is missing; null where it is not wanted or there. */
  readonly gapSince: number | null;
  /** What the next start is for, if not for a change. */
  readonly startCause: string | null;
}

/**
 * @param generation of the config that was applied last, before this agent started
 * @param canHandOver whether the binary can stand by
 */
export function initial(
  knownGood: SchedulerConfig | null,
  generation: number,
  wall: number,
  canHandOver = false,
): Machine {
  return {
    phase: 'stopping',
    reason: 'looking for what an earlier agent left',
    since: wall,
    goal: { want: 'stock', reason: 'nothing asked for yet', urgent: false },
    batch: null,
    child: null,
    standby: null,
    canHandOver,
    handover: null,
    serial: 0,
    generation,
    appliedHash: null,
    knownGood,
    refused: [],
    lastExit: null,
    foreign: null,
    strangerSeq: null,
    leftSeq: null,
    sweep: 'due',
    sweeps: 0,
    releaseBy: Number.NEGATIVE_INFINITY,
    attempts: 0,
    failures: [],
    retryAt: null,
    retryAtWall: null,
    latch: null,
    lastHotplugAt: null,
    starts: [],
    gapSince: null,
    startCause: null,
  };
}
