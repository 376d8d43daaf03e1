import type { CgroupDir, CgroupTree } from '../cgroups/tree.ts';
import type { AgentPod } from '../pods/agent-pod.ts';
import type { Matching } from '../scheduler/scheduler.ts';
import type { LayerName } from './desired.ts';
import type { LayerSettings } from './settings.ts';

/** A pod with the layer it belongs in. */
export interface Placed {
  readonly pod: AgentPod;
  readonly layer: LayerName;
  readonly reason: string;
  readonly cgroup: CgroupDir | null;
}

export interface PlaceInput {
  readonly tree: CgroupTree;
  readonly matching: Matching;
  readonly limits: LayerSettings['limits'];
  /** Uid of the agent's own pod; null where it does not run in one. */
  readonly self: string | null;
  readonly cpus: number;
  readonly demoted: boolean;
}

const known = new WeakMap<AgentPod, { readonly input: PlaceInput; readonly placed: Placed }>();

/**
 * The layer of a pod, with the reason. Limits of the stock binary come later: `withinBlocks`. With one pod of hundreds that
 * has changed all others are the same values as before.
 */
export function place(pod: AgentPod, cgroup: CgroupDir | null, input: PlaceInput): Placed {
  const before = known.get(pod);
  if (before?.placed.cgroup === cgroup && isSame(before.input, input)) return before.placed;
  const placed = placeAnew(pod, cgroup, input);
  known.set(pod, { input, placed });
  return placed;
}

/** By prefixes the tree counts as well, and may be another one each time. */
function isSame(a: PlaceInput, b: PlaceInput): boolean {
  if (a.matching === 'prefixes' && a.tree !== b.tree) return false;
  return (
    a.matching === b.matching &&
    a.limits === b.limits &&
    a.self === b.self &&
    a.cpus === b.cpus &&
    a.demoted === b.demoted
  );
}

function placeAnew(pod: AgentPod, cgroup: CgroupDir | null, input: PlaceInput): Placed {
  const [layer, why] = layerFor(pod, cgroup, input);
  return { pod, layer, reason: why === null ? pod.tierReason : `${pod.tierReason}; ${why}`, cgroup };
}

function layerFor(pod: AgentPod, cgroup: CgroupDir | null, input: PlaceInput): readonly [LayerName, string | null] {
  if (pod.uid === input.self) return ['host', 'the agent and the scheduler run with the host'];
  switch (pod.tier) {
    case 'critical':
      return input.demoted
        ? ['critical', 'demoted: the fence does not fit']
        : ['critical-fenced', 'its cores are fenced'];
    case 'high':
      return ['high', null];
    case 'system':
      return ['system-pods', null];
    default:
      if (isLimited(pod, input.cpus) && input.limits === 'ceilings') {
        return [pod.tier === 'normal' ? 'limited' : 'limited-low', 'its CPU limit counts for the ceiling of the layer'];
      }
      if (pod.tier === 'normal' && input.matching === 'prefixes' && isBelow(cgroup, input.tree.bestEffort)) {
        return ['normal-besteffort', 'listed before the prefix of all BestEffort pods'];
      }
      return [pod.tier, null];
  }
}

/** Whether the pod has a CPU limit that can be felt: one of as many CPUs as there are never is. */
export function isLimited({ limitMilli }: AgentPod, cpus: number): boolean {
  return limitMilli !== null && limitMilli < cpus * 1000;
}

export function isBelow(cgroup: CgroupDir | null, parent: CgroupDir | null): boolean {
  return cgroup !== null && parent !== null && cgroup.path.startsWith(`${parent.path}/`);
}
