import type { Joined } from '../cgroups/join.ts';
import type { CgroupTree } from '../cgroups/tree.ts';
import { type Demotion, NOT_DEMOTED } from '../layers/demotion.ts';
import { desire } from '../layers/desire.ts';
import type { Desired } from '../layers/desired.ts';
import { render } from '../layers/render.ts';
import type { LayerSettings } from '../layers/settings.ts';
import type { Machine } from '../machine/machine.ts';
import type { AgentPod } from '../pods/agent-pod.ts';
import type { Matching, SchedulerConfig } from '../scheduler/scheduler.ts';

export interface PlanInput {
  readonly pods: Iterable<AgentPod>;
  /** Null before the first scan. */
  readonly tree: CgroupTree | null;
  /** Null while sysfs is not understood. */
  readonly machine: Machine | null;
  readonly settings: LayerSettings;
  readonly matching: Matching;
  /** Uid of the agent's own pod; null where it does not run in one. */
  readonly self: string | null;
  readonly demotion: Demotion;
  readonly joined: Joined | null;
  /** Milliseconds that never jump. */
  readonly now: number;
}

/** What the layers should be, and the config for it. */
export interface Plan {
  readonly desired: Desired | null;
  readonly config: SchedulerConfig | { readonly refused: string } | null;
  readonly demotion: Demotion;
  /** Which cgroup is whose; null before the first. */
  readonly joined: Joined | null;
  /** When to plan again though nothing changes, monotonic; null where there is no need. */
  readonly recheckAt: number | null;
}

export const NO_PLAN: Plan = { desired: null, config: null, demotion: NOT_DEMOTED, joined: null, recheckAt: null };

/** What a plan goes by beyond what the plan before has left. */
export interface Known extends Omit<PlanInput, 'pods' | 'demotion' | 'joined'> {
  /** By uid. Another map whenever a pod is another one. */
  readonly pods: ReadonlyMap<string, AgentPod>;
}

/**
 * Plans from turn to turn. Most turns are made for news of something else, the scheduler's own for one: where nothing that
 * a plan goes by has changed, the one before is the plan.
 */
export function createPlanner(): (known: Known) => Plan {
  let last: { readonly known: Known; readonly plan: Plan } | null = null;
  return (known) => {
    if (last !== null && isSame(last.known, known) && !isDue(last.plan, known.now)) return last.plan;
    const { demotion, joined } = last?.plan ?? NO_PLAN;
    last = { known, plan: plan({ ...known, pods: known.pods.values(), demotion, joined }) };
    return last.plan;
  };
}

function isSame({ now: _then, ...before }: Known, after: Known): boolean {
  return (Object.keys(before) as Array<keyof typeof before>).every((key) => before[key] === after[key]);
}

function isDue({ recheckAt }: Plan, now: number): boolean {
  return recheckAt !== null && now >= recheckAt;
}

/** Pure: from what is known to what the scheduler should run with. */
export function plan({ tree, machine, ...input }: PlanInput): Plan {
  if (tree === null || machine === null) return { ...NO_PLAN, demotion: input.demotion, joined: input.joined };
  const { desired, demotion, joined, recheckAt } = desire({ ...input, tree, machine });
  const rendering = render(desired, { matching: input.matching, tree, machine });
  return {
    desired,
    config: rendering.ok ? rendering.config : { refused: rendering.reason },
    demotion,
    joined,
    recheckAt,
  };
}
