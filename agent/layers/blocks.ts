import type { CgroupTree } from '../cgroups/tree.ts';
import type { LayerName } from './desired.ts';
import { isBelow, type Placed } from './place.ts';

/** OR blocks that a layer's matches may have. */
export const MAX_BLOCKS = 32;

/** Blocks that are not for pods: see `prefix-matches.ts`. */
const OWN_BLOCKS: Partial<Record<LayerName, number>> = { host: 3, background: 1, normal: 1 };

/** Whether the stock binary needs a block for this pod, because no broad prefix puts it where it belongs. */
export function needsBlock(
  { layer, cgroup }: Pick<Placed, 'layer' | 'cgroup'>,
  { kubepods, bestEffort }: CgroupTree,
): boolean {
  if (cgroup === null) return false;
  if (layer === 'background') return !isBelow(cgroup, bestEffort);
  if (layer === 'normal') return !isBelow(cgroup, kubepods);
  return true;
}

export interface WithinBlocks {
  readonly placed: readonly Placed[];
  /** Those for which there was no block. */
  readonly over: readonly Placed[];
}

/**
 * Puts pods for which their layer has no block left where the broad prefixes will: in Normal, below
 * `…besteffort/` in Background. Cgroup ids grow, so those that were there first keep their blocks.
 */
export function withinBlocks(placed: readonly Placed[], tree: CgroupTree): WithinBlocks {
  const byAge = placed.filter((one) => needsBlock(one, tree)).sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  const used = new Map<LayerName, number>();
  const over = new Set<Placed>();
  for (const one of byAge) {
    const blocks = used.get(one.layer) ?? OWN_BLOCKS[one.layer] ?? 0;
    if (blocks >= MAX_BLOCKS) over.add(one);
    else used.set(one.layer, blocks + 1);
  }
  if (over.size === 0) return { placed, over: [] };
  return { placed: placed.map((one) => (over.has(one) ? moved(one, tree) : one)), over: [...over] };
}

function moved(one: Placed, { bestEffort }: CgroupTree): Placed {
  const layer = isBelow(one.cgroup, bestEffort) ? 'background' : 'normal';
  const reason = `${one.reason}; over the limit of ${MAX_BLOCKS} in the layer ${one.layer}, so in ${layer}`;
  return { ...one, layer, reason };
}

function idOf({ cgroup }: Placed): bigint {
  return cgroup?.id ?? 0n;
}
