import type { CgroupTree } from '../cgroups/tree.ts';
import type { Placement } from '../layers/desired.ts';
import type { AgentPod } from '../pods/agent-pod.ts';
import type { Overrides } from '../pods/overrides.ts';
import type { LoopView } from '../reconcile/loop.ts';
import type { SafeMode } from '../safemode/safe-mode.ts';
import type { Statistics } from '../scheduler/ports.ts';
import type { Matching, SchedulerDetails } from '../scheduler/scheduler.ts';
import type { AgentStatus } from '../status.ts';
import type { SettingsNotice } from './settings-notices.ts';

/** What the views are made from: everything as it is at one moment. */
export interface Known {
  readonly node: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The last turn of the loop; null before the first. */
  readonly turn: LoopView | null;
  readonly status: AgentStatus;
  /** Since when its word holds, milliseconds since the epoch. */
  readonly statusSince: number;
  readonly pods: ReadonlyMap<string, AgentPod>;
  readonly tree: CgroupTree | null;
  readonly overrides: Overrides;
  readonly scheduler: SchedulerDetails;
  /** Where the config in force puts the pods; null where none is, or where it is not one of this agent's. */
  readonly inForce: readonly Placement[] | null;
  readonly statistics: Statistics | null;
  readonly generation: number;
  readonly matching: Matching;
  readonly safeMode: SafeMode;
  readonly gaps: { readonly count: number; readonly totalMs: number };
  readonly versions: { readonly agent: string; readonly scheduler: string | null; readonly kernel: string | null };
  readonly settingsNotices: readonly SettingsNotice[];
  /** When the API server last said anything of pods, milliseconds since the epoch. */
  readonly lastContactAt: number | undefined;
}
