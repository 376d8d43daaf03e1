import type { Applied } from './live/bring-in-force.ts';
import type { ThreadLayer } from './live/messages.ts';
import type { SchedulerConfig, SchedulerDetails, SchedulerExit } from './scheduler.ts';

/** How a child ended. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started at all, e.g. `ENOENT: …`; null where it ran. */
  readonly failure: string | null;
  /** Whether the kernel killed it for lack of memory. */
  readonly isOutOfMemory?: boolean;
  /** The last lines of its output, bounded. */
  readonly output: string;
}

export interface ChildHandle {
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Starts scx_layered. */
export interface Children {
  /** `ended` is called once, when the process is reaped or could not be started; never before this returns. */
  start(config: SchedulerConfig, ended: (exit: ChildExit) => void): ChildHandle;
  /** The same for one that waits until the node is free. `ready` is called when it has loaded; a liar may do so more than once. */
  standBy(config: SchedulerConfig, ready: () => void, ended: (exit: ChildExit) => void): ChildHandle;
  /** Gives a standby that has not attached yet the members of this config instead of those that it was started with. */
  updateStandby(config: SchedulerConfig): void;
}

/** Whether there is room for a second scheduler beside the attached one. */
export interface Room {
  /** What is short, for people; null where nothing is. */
  shortage(): Promise<string | null>;
}

/** What `/sys/kernel/sched_ext` says at one moment; null where a file is missing or not readable. */
export interface KernelReading {
  /** `absent`: the kernel has no sched_ext. `unknown`: it could not be read. */
  readonly state: 'disabled' | 'enabling' | 'enabled' | 'disabling' | 'absent' | 'unknown';
  readonly ops: string | null;
  /** Successful enables since boot. */
  readonly enableSeq: number | null;
  /** Changes of the CPU set since boot. */
  readonly hotplugSeq: number | null;
  /** Tasks that a scheduler refused since it was loaded. */
  readonly nrRejected: number | null;
}

export interface Kernel {
  /** Never throws. */
  read(): KernelReading;
}

/** A layer as the statistics tell of it. Numbers that are not finite are null there, so any may be. */
export interface LayerStatistics {
  readonly index: number | null;
  /** Tasks of this layer among those that ran since the attach. */
  readonly tasks: number | null;
  /** 100 is one CPU. */
  readonly util: number | null;
  readonly [field: string]: unknown;
}

export interface Statistics {
  readonly layers: Readonly<Record<string, LayerStatistics>>;
  readonly [field: string]: unknown;
}

/** One connection to the statistics socket: what it answers are deltas since the last answer on it. */
export interface StatisticsSession {
  /** Rejects with the reason where there is no answer in time or it is not understood. */
  read(): Promise<Statistics>;
  /** In which layer these threads are; null where the scheduler does not tell. Rejects as `read` does, not while it reads. */
  threads(tids: readonly number[]): Promise<readonly ThreadLayer[] | null>;
  close(): void;
}

export interface StatisticsSource {
  /** Connects at the first read, and again after a failure. */
  open(): StatisticsSession;
}

/**
 * What became of a live update. `refused`: what is attached takes none. `unknown`: how much of it is in force cannot be
 * told, as after a time-out; it can be asked.
 */
export type ControlOutcome =
  | ({ readonly kind: 'applied' } & Applied)
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Live updates of one process of the patched binary, one at a time. */
export interface ControlSession {
  /** Makes it go from one config to another of the same shape; `from` null: from what it has in force. Never rejects. */
  update(from: SchedulerConfig | null, to: SchedulerConfig): Promise<ControlOutcome>;
  close(): void;
}

export interface Control {
  /** Connects at the first update, and again after a failure. */
  open(): ControlSession;
}

/** Processes that an earlier agent left behind. */
export interface Orphans {
  /** Ends them all at once and tells how many there were. */
  end(): Promise<number>;
}

/** The last config that worked, kept beyond the life of the agent. */
export interface KnownGood {
  /** Null where there is none, or it is damaged. */
  load(): SchedulerConfig | null;
  /** A disk that cannot be written to is no failure. */
  save(config: SchedulerConfig): void;
}

/** Null where of the threads that ran none is in a wrong layer; else what is wrong, for people. */
export type VerifyLayers = (statistics: Statistics, inForce: InForce) => string | null | Promise<string | null>;

export interface InForce {
  readonly config: SchedulerConfig;
  /** Cgroups that are known not to be in their layer. */
  readonly except: ReadonlySet<bigint>;
  readonly threads: StatisticsSession['threads'];
}

export type UpdateKind = 'live' | 'handover' | 'restart';

/** What was found by asking the scheduler, beyond what was to be changed. */
export type LiveNews =
  | { readonly type: 'abilities'; readonly takesNumbers: boolean }
  /** It had not what it was told before: so many entries and layers were set right. */
  | { readonly type: 'repaired'; readonly members: number; readonly layers: number };

/** Hears what is counted and logged. Its functions must not throw. */
export interface SchedulerObserver {
  exited(exit: SchedulerExit): void;
  updated(kind: UpdateKind, cause: string, seconds: number): void;
  live(news: LiveNews): void;
  /** A stretch without enforcement while it was wanted. */
  gap(seconds: number): void;
  changed(state: SchedulerDetails): void;
}
