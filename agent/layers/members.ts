import type { CgroupTree } from '../cgroups/tree.ts';
import type { Placement } from './desired.ts';
import { layerIndex } from './layer-specs.ts';

/**
 * The layer of each cgroup, by id. A task goes by the nearest cgroup that has an entry: so the parents of
 * all pods stand for those nobody knows yet, which must never run among the host's.
 */
export function membersOf(
  placements: readonly Placement[],
  { kubepods, bestEffort }: CgroupTree,
): ReadonlyMap<bigint, number> {
  const members = new Map<bigint, number>();
  if (kubepods !== null) members.set(kubepods.id, layerIndex('normal'));
  if (bestEffort !== null) members.set(bestEffort.id, layerIndex('background'));
  for (const { layer, cgroup } of placements) {
    // An id of a parent that a pod claims as its own stays the parent's.
    if (cgroup === null || cgroup.id === kubepods?.id || cgroup.id === bestEffort?.id) continue;
    members.set(cgroup.id, layerIndex(layer));
  }
  return members;
}
