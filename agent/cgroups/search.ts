import type { Budget } from './bounds.ts';
import type { DirReader } from './dir-reader.ts';
import { isMismatch, isNodeContainer, parseRoot, type RootName } from './names.ts';

/** Levels below the mount, and below the container of a node in a container, that are searched. */
export const SEARCH_DEPTH = 3;

/** A directory that is all pods' parent by its name. */
export interface FoundRoot extends RootName {
  /** Relative to the mount. */
  readonly path: string;
}

export interface SearchResult {
  readonly roots: readonly FoundRoot[];
  /** The first directory that shows two cgroup drivers at work; null where none does. */
  readonly mismatch: string | null;
}

interface Place {
  readonly path: string;
  readonly name: string;
  /** Levels below it that are still searched. */
  readonly levels: number;
  readonly inContainer: boolean;
}

/** Looks for all pods' parents, level by level. Never below one: a tenant can make a tree of the same names in a container. */
export function searchRoots(mount: string, reader: DirReader, budget: Budget): SearchResult {
  const roots: FoundRoot[] = [];
  const mismatches: string[] = [];
  const queue: Place[] = [{ path: '', name: '', levels: SEARCH_DEPTH, inContainer: false }];
  const meet = (place: Place, name: string): void => {
    const path = place.path === '' ? name : `${place.path}/${name}`;
    const root = parseRoot(name, place.name);
    if (root !== null) roots.push({ ...root, path });
    else if (isMismatch(name)) mismatches.push(path);
    else queue.push(...below(place, name, path));
  };
  for (const place of queue) {
    if (!budget.take()) break;
    for (const name of reader.dirsIn(`${mount}/${place.path}`) ?? []) meet(place, name);
  }
  return { roots, mismatch: mismatches[0] ?? null };
}

function below(parent: Place, name: string, path: string): Place[] {
  const entersNode = !parent.inContainer && isNodeContainer(name, parent.name);
  const levels = entersNode ? SEARCH_DEPTH : parent.levels - 1;
  return levels > 0 ? [{ path, name, levels, inContainer: parent.inContainer || entersNode }] : [];
}
