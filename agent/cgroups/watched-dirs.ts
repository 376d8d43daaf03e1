import type { HintSource } from './hints.ts';
import type { CgroupDir, CgroupTree } from './tree.ts';

/** Keeps watches on the directories in which pods' directories appear. */
export interface WatchedDirs {
  /** Watches what the tree has now: a directory that was made anew is watched anew, one that failed is tried again. */
  follow(tree: CgroupTree): void;
  /** How many directories are watched. */
  readonly size: number;
  close(): void;
}

export interface WatchedDirsOptions {
  readonly mount: string;
  readonly hints: HintSource;
  /** Hears of the directory that came or went, relative to the mount; null where only something did. */
  readonly onHint: (path: string | null) => void;
  readonly onFailure: (error: Error) => void;
}

export function createWatchedDirs({ mount, hints, onHint, onFailure }: WatchedDirsOptions): WatchedDirs {
  /** By cgroup id. */
  const watches = new Map<bigint, () => void>();

  const begin = ({ path, id }: CgroupDir): void => {
    try {
      const end = hints.watch(
        `${mount}/${path}`,
        (name) => onHint(name === null ? null : `${path}/${name}`),
        (error) => {
          watches.delete(id);
          onFailure(error);
        },
      );
      watches.set(id, end);
    } catch (error) {
      onFailure(error instanceof Error ? error : new Error(String(error)));
    }
  };

  const end = (id: bigint): void => {
    watches.get(id)?.();
    watches.delete(id);
  };

  return {
    follow({ kubepods, bestEffort, burstable }) {
      const wanted = new Map<bigint, CgroupDir>();
      for (const dir of [kubepods, bestEffort, burstable]) if (dir !== null) wanted.set(dir.id, dir);
      for (const id of [...watches.keys()]) if (!wanted.has(id)) end(id);
      for (const [id, dir] of wanted) if (!watches.has(id)) begin(dir);
    },
    get size() {
      return watches.size;
    },
    close() {
      for (const id of [...watches.keys()]) end(id);
    },
  };
}
