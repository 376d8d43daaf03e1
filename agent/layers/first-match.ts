import type { CgroupTree } from '../cgroups/tree.ts';
import { LAYERS, type LayerName, type Placement } from './desired.ts';
import type { Matches } from './prefix-matches.ts';

/**
 * A pod whose tasks would not run in its layer, in words; null where there is none. It walks the matches as
 * scx_layered does. Whatever the tree looks like, a wrong layer must show here and not on the node.
 */
export function misplaced(
  placements: readonly Placement[],
  matches: Readonly<Record<LayerName, Matches>>,
  tree: CgroupTree,
): string | null {
  const first = firstLayers(matches);
  for (const { uid, layer, cgroup } of placements) {
    const got = cgroup === null ? layer : layerOf(cgroup.path, first);
    if (got !== layer) return `the tasks of pod ${uid} would run in ${got}, not in ${layer}`;
  }
  const unknown = [
    [tree.kubepods, 'normal'],
    [tree.bestEffort, 'background'],
  ] as const;
  for (const [parent, layer] of unknown) {
    const got = parent === null ? layer : layerOf(parent.path, first);
    if (got !== layer) return `the tasks of unknown pods would run in ${got}, not in ${layer}`;
  }
  return null;
}

/** The first layer that has each prefix, by its place in the config. */
function firstLayers(matches: Readonly<Record<LayerName, Matches>>): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const [index, layer] of LAYERS.entries()) {
    for (const match of matches[layer].flat()) {
      if ('CgroupPrefix' in match && !first.has(match.CgroupPrefix)) first.set(match.CgroupPrefix, index);
    }
  }
  return first;
}

/** All prefixes end with a slash, so only the path's own parents can be one of it. */
function layerOf(path: string, first: ReadonlyMap<string, number>): LayerName {
  const full = `${path}/`;
  let best = LAYERS.length - 1;
  for (let end = full.indexOf('/'); end !== -1; end = full.indexOf('/', end + 1)) {
    best = Math.min(best, first.get(full.slice(0, end + 1)) ?? best);
  }
  return LAYERS[best] ?? 'rest';
}
