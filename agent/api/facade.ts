import type { QosClass } from '../../src/model/qos.ts';
import type { Tier, TierOrSystem } from '../../src/model/tier.ts';
import type { GateReport } from '../gate/gate.ts';
import type { LayerName, Notice } from '../layers/desired.ts';
import type { Machine } from '../machine/machine.ts';
import type { SafeMode } from '../safemode/safe-mode.ts';
import type { Matching, SchedulerExit, SchedulerPhase } from '../scheduler/scheduler.ts';
import type { AgentStatus } from '../status.ts';
import type { SettingsNotice } from '../views/settings-notices.ts';

/**
 * The door of `agent/api/`: what HTTP and gRPC need from the rest of the agent. All of it answers from
 * memory but the four that change something. Refusals are thrown as `TemperError`: TMP3204 to TMP3209.
 */
export interface AgentFacade {
  status(): NodeStatus;
  layeredConfig(): LayeredConfig;
  observe(): Observation;
  /** @throws TemperError TMP3204 */
  explainPod(pod: PodRef): PodExplanation;
  explainNode(): NodeExplanation;
  /** Stores an override and resolves once it is stored. @throws TemperError TMP3204, TMP3205, TMP3206, TMP3207 */
  setQos(pod: PodRef, tier: Tier, signal: AbortSignal): Promise<QosChange>;
  /** No override is no error: then `before` is null. @throws TemperError TMP3206 */
  clearQos(pod: PodRef, signal: AbortSignal): Promise<QosChange>;
  /** Releases a latch and starts the scheduler anew. @throws TemperError TMP3208 where the node must stay on stock */
  reload(): ReloadResult;
  /** Writes or removes the host file. @throws TemperError TMP3151, TMP3152 */
  setSafeMode(on: boolean, signal: AbortSignal): Promise<SafeModeChange>;
}

/** A pod as a caller names it. */
export type PodRef =
  | { readonly by: 'uid'; readonly uid: string }
  | { readonly by: 'name'; readonly namespace: string; readonly name: string };

export interface TierCount {
  readonly pods: number;
  /** Sum of original requests, millicores. */
  readonly requestMilli: number;
}

export interface SchedulerView {
  readonly phase: SchedulerPhase;
  /** What the kernel says is attached, ours or another's; null where nothing is. */
  readonly attached: string | null;
  /** Since when the phase holds, milliseconds since the epoch. */
  readonly since: number;
  /** How the binary matches tasks; null while that is not known. */
  readonly matching: Matching | null;
  readonly lastExit: SchedulerExit | null;
  readonly usesLastKnownGood: boolean;
  /** When the next try begins, milliseconds since the epoch; null unless it waits. */
  readonly retryAt: number | null;
  /** Another's scheduler that is attached; null where none is. */
  readonly foreign: string | null;
}

/** Stretches without our scheduler while it should have been there, since the agent's start. */
export interface StockGap {
  readonly count: number;
  readonly totalMs: number;
  /** Of the stretch that goes on now; null where there is none. */
  readonly currentMs: number | null;
}

export interface NodeStatus {
  readonly node: string;
  readonly status: AgentStatus;
  /** Since when the word holds, milliseconds since the epoch. */
  readonly since: number;
  readonly generation: number;
  readonly scheduler: SchedulerView;
  readonly gate: GateReport;
  readonly safeMode: SafeMode;
  readonly tiers: Readonly<Record<TierOrSystem, TierCount>>;
  readonly layers: readonly LayerView[];
  readonly notices: ReadonlyArray<Notice | SettingsNotice>;
  readonly stockGap: StockGap;
  readonly versions: Versions;
  /** When the API server last sent anything, milliseconds since the epoch; null before the first time. */
  readonly lastContactAt: number | null;
}

export interface Versions {
  readonly agent: string;
  /** Of scx_layered; null where the binary has not said. */
  readonly scheduler: string | null;
  readonly kernel: string | null;
}

/** A layer as it is asked for; what the scheduler measures of it is absent until it is observed. */
export interface LayerView {
  readonly name: LayerName;
  readonly pods: number;
  /** CPUs it owns now. */
  readonly cpus?: number;
  /** CPUs that its tasks used over the last interval. */
  readonly cpusUsed?: number;
  /** Utilisation of what it owns, as the scheduler reports it. */
  readonly util?: number;
}

/** The config for scx_layered, in force or (before the first attach) as it would be. */
export interface LayeredConfig {
  readonly inForce: boolean;
  readonly generation: number;
  readonly matching: Matching | null;
  /** Hash of all of it. */
  readonly hash: string;
  readonly shape: string;
  /** The JSON array of layers; empty where nothing was generated yet. */
  readonly layers: readonly unknown[];
  /** Cgroup id to index of its layer; null with `prefixes`. */
  readonly members: ReadonlyMap<bigint, number> | null;
}

export interface PodPlace {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly tier: TierOrSystem;
  readonly reason: string;
  /** Where it is: by the config in force, on the stock scheduler by the one that would be. Null where it is in no layer yet. */
  readonly layer: LayerName | null;
  /** Where it is wanted; absent unless that is another layer than the one it is in. */
  readonly wantedLayer?: LayerName;
}

/** `GET /observe`. Fields that nothing measures are absent, never zero. */
export interface Observation {
  readonly machine: Machine;
  readonly scheduler: SchedulerView & { readonly generation: number };
  /** A layer with all statistics that the scheduler gives of it. */
  readonly layers: ReadonlyArray<LayerView & { readonly [statistic: string]: unknown }>;
  readonly pods: readonly PodPlace[];
  /** Busiest first. */
  readonly threads?: readonly unknown[];
  readonly pressure?: Readonly<Record<string, unknown>>;
  readonly lint?: Readonly<Record<string, unknown>>;
  /** What observing itself costs. */
  readonly observation?: Readonly<Record<string, unknown>>;
}

export interface PodExplanation extends PodPlace {
  readonly layerReason: string | null;
  readonly qos: QosClass;
  readonly requestMilli: number;
  readonly specMilli: number;
  readonly disbelieved: string | null;
  readonly limitMilli: number | null;
  /** The tier of the override in force; null where there is none. */
  readonly override: Tier | null;
  /** Relative to the cgroup mount; null while it has not been found. */
  readonly cgroup: string | null;
  /** All of it in sentences, the decisive one first. */
  readonly lines: readonly string[];
}

export interface NodeExplanation {
  readonly node: string;
  /** Why the status word is what it is, what was refused and what was demoted; the decisive one first. */
  readonly lines: readonly string[];
}

export interface QosChange {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** The override until now; null where there was none. */
  readonly before: Tier | null;
  /** The tier from now on, by the override or without it. */
  readonly tier: TierOrSystem;
}

export interface ReloadResult {
  /** Whether a latch was released. */
  readonly wasLatched: boolean;
  readonly generation: number;
}

export interface SafeModeChange {
  /** Whether the host file came or went by this call. */
  readonly changed: boolean;
  /** What holds from now on: after `off`, the sources that others must take away. */
  readonly safeMode: SafeMode;
}
