/** What is measured, in which order. Pure; host and guest go by it. */

/**
 * `isolated`: the kernel alone, what is measured on the first CPU and the batch on the others: the floor of the emulator.
 * `stock`: the kernel alone, all cgroups of equal weight. `knobs`: the kernel with `cpu.weight` from requests and
 * `cpu.idle` for Background. `temper`: the agent, as it configures the scheduler by itself, with the patched scx_layered
 * that its image holds. `upstream`: the same with scx_layered as upstream publishes it.
 */
export const ARMS = ['isolated', 'stock', 'knobs', 'upstream', 'temper'] as const;
export type Arm = (typeof ARMS)[number];

/** Those of them that the agent makes. */
export const AGENT_ARMS = ['upstream', 'temper'] as const;
export type AgentArm = (typeof AGENT_ARMS)[number];

export function isAgentArm(arm: Arm): arm is AgentArm {
  return AGENT_ARMS.some((one) => one === arm);
}

/** `probe`: sleeps, then works. `pair`: requests to another thread and its answers. `none`: the protected pod is idle. */
export const WORKLOADS = ['probe', 'pair', 'none'] as const;
export type Workload = (typeof WORKLOADS)[number];

/** What pods of one tier do to each other, in Normal. */
export const OTHERS = ['beside', 'weights', 'threads'] as const;
export type Others = (typeof OTHERS)[number];

export interface Plan {
  readonly rounds: number;
  readonly arms: readonly Arm[];
  readonly workloads: readonly Workload[];
  /** Busy threads of the batch for each CPU, over Normal, Low and Background in turn. */
  readonly loads: readonly number[];
  readonly others: readonly Others[];
  /** Of each window with latencies, if it can have them in time. */
  readonly samples: number;
  /** The longest window, seconds of the guest. */
  readonly seconds: number;
  /** Of the pod that is measured. */
  readonly tier: 'critical' | 'high';
}

export type Window =
  | { readonly kind: 'tiers'; readonly arm: Arm; readonly workload: Workload; readonly load: number }
  | { readonly kind: 'others'; readonly arm: Arm; readonly others: Others };

/**
 * The windows of a round, counted from 0; each round begins with another arm, so that none has the fresh guest for itself.
 * What is pinned apart is the floor of latencies and says nothing of shares.
 */
export function windowsOf(plan: Plan, round: number): Window[] {
  const { arms, workloads, loads, others } = plan;
  const turned = arms.map((_, index) => arms[(index + round) % arms.length]).filter((arm) => arm !== undefined);
  return turned.flatMap((arm): Window[] => [
    ...workloads.flatMap((workload) =>
      loads
        .filter((load) => isMeasured(arm, workload, load))
        .map((load) => ({ kind: 'tiers', arm, workload, load }) as const),
    ),
    ...(arm === 'isolated' ? [] : others.map((one) => ({ kind: 'others', arm, others: one }) as const)),
  ]);
}

/** A batch that leaves a CPU free takes nothing from anybody: only its own work counts. */
function isMeasured(arm: Arm, workload: Workload, load: number): boolean {
  return workload === 'none' ? load > 0 && arm !== 'isolated' : load === 0 || load >= 1;
}

export function nameOf(window: Window): string {
  if (window.kind === 'others') return `${window.arm} ${window.others}`;
  return `${window.arm} ${window.workload} ${window.load}x`;
}

/** The tier of each busy thread of a batch. */
export function batchTiers(load: number, cpus: number): Array<'normal' | 'low' | 'background'> {
  const tiers = ['normal', 'low', 'background'] as const;
  return Array.from({ length: Math.round(load * cpus) }, (_, index) => tiers[index % tiers.length] ?? 'normal');
}
