import type { CgroupTree } from '../cgroups/tree.ts';
import { needsBlock } from './blocks.ts';
import type { LayerName, Placement } from './desired.ts';
import { forEachLayer } from './layer-specs.ts';

/** One condition of an AND block. */
export type Match = { readonly CgroupPrefix: string } | { readonly IsKthread: true };

/** OR of ANDs. */
export type Matches = readonly (readonly Match[])[];

/**
 * Matches no task: a cgroup's path is `/` for the root, else names with a slash behind each, and no name is
 * empty. A layer without matches is refused and an empty block takes every task, so an empty layer needs this.
 */
export const NEVER = '//';

/** Takes every task; the last layer must have exactly this. */
const EVERY_TASK: Matches = [[]];

/** Daemons of the host. What else there is, people's sessions too, is in the catch-all with the same rights. */
const HOST_PREFIXES = ['init.scope/', 'system.slice/'];

const KERNEL_THREADS: Matches[number] = [{ IsKthread: true }];

const prefix = (path: string): Matches[number] => [{ CgroupPrefix: path }];

/** Matches that do not depend on pods: members decide first, these what no entry is found for. */
export const CONSTANT_MATCHES: Readonly<Record<LayerName, Matches>> = forEachLayer((layer) => {
  if (layer === 'rest') return EVERY_TASK;
  return layer === 'host' ? [KERNEL_THREADS, ...HOST_PREFIXES.map(prefix)] : [prefix(NEVER)];
});

/** Matches that list each pod's cgroup, in the order of age so that equal sets give equal text. */
export function prefixMatches(
  placements: readonly Placement[],
  tree: CgroupTree,
): Readonly<Record<LayerName, Matches>> {
  const paths = forEachLayer((): string[] => []);
  for (const { layer, cgroup } of placements.filter((one) => needsBlock(one, tree)).sort(byAge)) {
    if (cgroup !== null) paths[layer].push(cgroup.path);
  }
  if (tree.bestEffort !== null) paths.background.push(tree.bestEffort.path);
  if (tree.kubepods !== null) paths.normal.push(tree.kubepods.path);
  return forEachLayer((layer) => {
    if (layer === 'rest') return EVERY_TASK;
    const blocks = paths[layer].map((path) => prefix(`${path}/`));
    if (layer === 'host') return [KERNEL_THREADS, ...hostPrefixes(tree).map(prefix), ...blocks];
    return blocks.length === 0 ? [prefix(NEVER)] : blocks;
  });
}

/** Without those that pods lie below, as on a node that is a container itself: its host's daemons are then in the rest. */
function hostPrefixes({ kubepods }: CgroupTree): string[] {
  return HOST_PREFIXES.filter((path) => !`${kubepods?.path}/`.startsWith(path));
}

function byAge(a: Placement, b: Placement): number {
  return (a.cgroup?.id ?? 0n) < (b.cgroup?.id ?? 0n) ? -1 : 1;
}
