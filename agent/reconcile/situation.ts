import type { GateReport } from '../gate/gate.ts';
import type { Desired } from '../layers/desired.ts';
import type { SafeMode } from '../safemode/safe-mode.ts';
import type { SchedulerConfig, SchedulerState } from '../scheduler/scheduler.ts';

/** Everything that decides what the scheduler should do: a value, so that equal situations are decided alike. */
export interface Situation {
  /** Milliseconds since the epoch, only to be shown. */
  readonly now: number;
  /** Milliseconds that never jump; holds and bounds are told by these. */
  readonly mono: number;
  readonly safeMode: SafeMode;
  /** Null while the gate has not been asked. */
  readonly gate: GateReport | null;
  /** Whether the Node's label `temper.codes/enforce` says `disabled`. */
  readonly isDisabled: boolean;
  readonly podsSynced: boolean;
  /** Why the cgroup tree is not understood; null where it is. */
  readonly cgroupProblem: string | null;
  /** Null while there is nothing to compute it from. */
  readonly desired: Desired | null;
  /** The config for it, or why there is none. */
  readonly config: SchedulerConfig | { readonly refused: string } | null;
  /** Why there are too many threads that want a CPU; null where there are not. */
  readonly crowd: string | null;
  readonly scheduler: SchedulerState;
  readonly settings: AttachSettings;
}

export interface AttachSettings {
  readonly enforce: 'protected' | 'always';
  readonly holdMs: number;
  readonly attachesPerHour: number;
}

/** What a reader of `tier-load` may count on. */
export type Protection = 'enforcing' | 'ready' | 'none';
