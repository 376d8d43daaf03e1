/** The door of `agent/scheduler/`: the one owner of the scx_layered process. */

/** How the binary matches tasks to layers: as the stock one can, or by cgroup id as the patched one can, live. */
export type Matching = 'prefixes' | 'membership';

/** A config for scx_layered with all that identifies it. */
export interface SchedulerConfig {
  /** The JSON array of layers. */
  readonly layers: readonly unknown[];
  /** Cgroup id to index of its layer; null with `prefixes`, where the layers' matches say it. */
  readonly members: ReadonlyMap<bigint, number> | null;
  /** Hash of what cannot change while it runs: equal shapes differ in members and numbers only. */
  readonly shape: string;
  /** Hash of all of it. */
  readonly hash: string;
}

/** Why enforcement ended or did not begin; the label of `temper_scheduler_exits_total`. */
export const EXIT_CLASSES = [
  'asked',
  'config-refused',
  'usage',
  'ejected',
  'hotplug',
  'killed',
  'panic',
  'unsupported',
  'not-attached',
  'wrong-layers',
  'socket-silent',
  'error',
] as const;

export type ExitClass = (typeof EXIT_CLASSES)[number];

export interface SchedulerExit {
  readonly class: ExitClass;
  /** For people: the end of its output, the signal, the kernel's reason. */
  readonly detail: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** It was a standby that did not come up: what was attached before is not touched by it. */
  readonly isStandby?: true;
}

/**
 * `stock`: nothing of ours is attached, proven. `handing-over`: a standby loads beside the one that enforces.
 * `waiting`: back-off. `latched`: gave up until asked.
 */
export type SchedulerPhase =
  | 'stock'
  | 'starting'
  | 'attaching'
  | 'enforcing'
  | 'updating'
  | 'handing-over'
  | 'stopping'
  | 'waiting'
  | 'latched';

export interface SchedulerState {
  readonly phase: SchedulerPhase;
  /** What is enforced now; null unless `enforcing`, `updating` or `handing-over`. */
  readonly config: SchedulerConfig | null;
  /** +1 for each applied change. */
  readonly generation: number;
  readonly lastExit: SchedulerExit | null;
  /** Whether the config in force is the last that worked, because the one asked for was refused or could not be handed over to. */
  readonly usesLastKnownGood: boolean;
  /** What of the config is not in force, or cannot be told to be, for people; null where all of it is. */
  readonly incomplete: string | null;
  /** When the next try begins, milliseconds since the epoch; null unless `waiting`. */
  readonly retryAt: number | null;
  /** Another's scheduler that is attached; null where none is. */
  readonly foreign: string | null;
  /** Why the node is not proven stock though it should be by now, for people; null while there is time, and where it is. */
  readonly unproven: string | null;
}

/** What `/observe` and the log tell beyond what decisions need. */
export interface SchedulerDetails extends SchedulerState {
  /** Why this phase, for people. */
  readonly reason: string;
  /** When the phase began, milliseconds since the epoch. */
  readonly since: number;
  /** What `root/ops` says while it is ours; null where nothing of ours is attached. */
  readonly name: string | null;
}

/** What the rest of the agent wants of the scheduler. */
export type SchedulerGoal =
  | { readonly want: 'stock'; readonly reason: string; readonly urgent: boolean }
  | { readonly want: 'enforce'; readonly config: SchedulerConfig; readonly cause: string };

export interface Scheduler {
  readonly state: SchedulerState;
  /** Takes the newest goal; older ones are forgotten. Never throws; what comes of it shows in `state`. */
  pursue(goal: SchedulerGoal): void;
  /** Releases a latch and starts anew, as `temper-cli scheduler reload` does. */
  reload(): void;
  /** Calls `listener` after each change of `state`. */
  subscribe(listener: (state: SchedulerState) => void): void;
  /** Ends the child, proves the node on stock, and resolves. */
  stop(): Promise<void>;
}
