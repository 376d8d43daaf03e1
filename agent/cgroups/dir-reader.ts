import { lstatSync, readdirSync } from 'node:fs';

/** What one `lstat` tells of a directory. */
export interface DirStat {
  /** The inode: on cgroup v2 the cgroup's id. */
  readonly id: bigint;
  /** Hard links. On cgroup v2 two more than it has directories in it; elsewhere it may mean nothing. */
  readonly links: number;
}

/** How the scan looks at the cgroup tree; tests put a directory that vanishes between two looks behind it. */
export interface DirReader {
  /** Names of the directories in a directory; null where it is gone. Throws where it cannot be read. */
  dirsIn(path: string): readonly string[] | null;
  /** Null where it is gone or no directory. Throws where it cannot be looked at. */
  stat(path: string): DirStat | null;
}

/** A cgroup that goes while it is looked at answers with one of these. */
const GONE: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ENODEV']);

/** One object for all calls: a scan makes thousands. */
const STAT_OPTIONS = { bigint: true, throwIfNoEntry: false } as const;

/** The real tree. Links are never followed: cgroups have none. */
export const DIR_READER: DirReader = {
  dirsIn(path) {
    try {
      // The file type comes with the name, so the dozens of control files in each cgroup cost nothing more.
      const entries = readdirSync(path, { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    } catch (error) {
      return goneOr(error);
    }
  },
  stat(path) {
    try {
      const stats = lstatSync(path, STAT_OPTIONS);
      return stats?.isDirectory() ? { id: stats.ino, links: Number(stats.nlink) } : null;
    } catch (error) {
      return goneOr(error);
    }
  },
};

function goneOr(error: unknown): null {
  if (error instanceof Error && 'code' in error && GONE.has(error.code)) return null;
  throw error;
}
