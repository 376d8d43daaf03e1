import type { Clock } from '../../src/model/clock.ts';
import type { HostPaths } from '../host/paths.ts';
import { Budget, SCAN_BOUNDS, type ScanBounds } from './bounds.ts';
import { chooseRoot } from './choose-root.ts';
import { DIR_READER, type DirReader } from './dir-reader.ts';
import { lookAt } from './look.ts';
import { outlineOf } from './outline.ts';
import type { PodDir } from './pod-dir.ts';
import { type RootReading, readRoot } from './pods-in-root.ts';
import { type FoundRoot, SEARCH_DEPTH, searchRoots } from './search.ts';
import { notUnderstood, treeOf } from './to-tree.ts';
import type { CgroupTree } from './tree.ts';

/** A scan, or why the tree could not be read: then what was known before stays in force. */
export type ScanResult =
  | { readonly ok: true; readonly tree: CgroupTree }
  | { readonly ok: false; readonly problem: string };

export interface CgroupScanner {
  /**
   * Scans the tree. Never throws.
   *
   * @param knownUids of the pods that the API has on this node, as far as known. They decide between several trees.
   */
  scan(knownUids: ReadonlySet<string>): ScanResult;
  /**
   * The same where only these pods' directories may have changed, come or gone; paths are relative to the mount.
   *
   * @returns null where only a scan of all can tell
   */
  look(paths: ReadonlySet<string>): ScanResult | null;
  /**
   * Paths of the pods' directories that are there now or were at the last look, which is all that a scan would look at.
   *
   * @returns null where only a scan of all can tell, as where their parents are not those that they were
   */
  outline(): readonly string[] | null;
}

export interface ScannerOptions {
  readonly paths: HostPaths;
  readonly clock: Clock;
  /** @default the real tree */
  readonly reader?: DirReader;
  readonly bounds?: ScanBounds;
}

/** The whole mount is searched again after so many scans of the one place: a mismatch shows outside it. */
const SEARCH_EVERY = 10;

/** A scanner that remembers what it has verified, so that what stayed as it was is not listed again. */
export function createCgroupScanner(options: ScannerOptions): CgroupScanner {
  const { paths, clock, reader = DIR_READER, bounds = SCAN_BOUNDS } = options;
  const mount = paths.cgroup;
  /** The root in use and what was read there; null while none is understood. */
  let current: RootReading | null = null;
  /** What it says, as long as it is the same. */
  let tree: CgroupTree | null = null;
  /** Whether that is all there was to read. */
  let isWhole = false;
  let sinceSearch = 0;

  const read = (root: FoundRoot, budget: Budget): RootReading | null => {
    const before = new Map<string, PodDir>();
    for (const pod of current?.pods.values() ?? []) before.set(pod.cgroup.path, pod);
    return readRoot({ mount, root, reader, budget, before });
  };

  /** The root in use, as long as it is there and no search is due. */
  const again = (budget: Budget): RootReading | null => {
    if (current === null || sinceSearch >= SEARCH_EVERY) return null;
    sinceSearch += 1;
    return read(current.root, budget);
  };

  const anew = (knownUids: ReadonlySet<string>, budget: Budget): RootReading | string => {
    sinceSearch = 0;
    const { roots, mismatch } = searchRoots(mount, reader, budget);
    if (mismatch !== null) {
      return `mismatch: kubelet and the container runtime use different cgroup drivers: ${JSON.stringify(mismatch)}`;
    }
    if (budget.exceeded !== null) return `not searched to its end: ${budget.exceeded}`;
    const readings = roots.map((root) => read(root, budget)).filter((reading) => reading !== null);
    if (readings.length === 0)
      return `missing: no kubepods directory within ${SEARCH_DEPTH} levels of the cgroup mount`;
    return chooseRoot(readings, knownUids, current?.dir.id);
  };

  const remember = (reading: RootReading | string, { exceeded }: Budget): ScanResult => {
    const isUnderstood = typeof reading !== 'string';
    if (tree !== null && reading === current && isWhole && exceeded === null) return { ok: true, tree };
    current = isUnderstood ? reading : null;
    isWhole = isUnderstood && exceeded === null;
    tree = isUnderstood ? treeOf(reading, exceeded) : notUnderstood(reading);
    return { ok: true, tree };
  };

  /** Whether a search, where one is due, finds the root in use and nothing else. */
  const isOnlyRoot = ({ root }: RootReading, budget: Budget): boolean => {
    sinceSearch += 1;
    if (sinceSearch <= SEARCH_EVERY) return true;
    const { roots, mismatch } = searchRoots(mount, reader, budget);
    if (mismatch !== null || roots.length !== 1 || roots[0]?.path !== root.path) return false;
    sinceSearch = 0;
    return true;
  };

  return {
    scan: (knownUids) =>
      attempt(() => {
        const budget = new Budget(bounds, clock);
        return remember(again(budget) ?? anew(knownUids, budget), budget);
      }),
    look: (paths) =>
      attempt(() => {
        const budget = new Budget(bounds, clock);
        const reading = current === null || !isWhole ? null : lookAt(current, paths, { mount, reader, budget });
        return reading === null ? null : remember(reading, budget);
      }),
    outline() {
      try {
        const budget = new Budget(bounds, clock);
        if (current === null || !isWhole || !isOnlyRoot(current, budget)) return null;
        return outlineOf(current, { mount, reader });
      } catch {
        // A scan of all says why.
        return null;
      }
    },
  };
}

function attempt<T>(read: () => T): T | Extract<ScanResult, { ok: false }> {
  try {
    return read();
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}
