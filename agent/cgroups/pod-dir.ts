import type { DirReader } from './dir-reader.ts';
import { parsePodPart } from './names.ts';
import type { CgroupDir, CgroupLayout, PodCgroup } from './tree.ts';

/** A pod's directory with all that is in it, kept from scan to scan. */
export interface PodDir {
  readonly cgroup: PodCgroup;
  /** All directories in it, containers or not. */
  readonly parts: readonly CgroupDir[];
  /** Paths of those whose names say nothing. */
  readonly strange: readonly string[];
}

/**
 * Reads a pod's directory, or finds it as it was: see `isAsBefore`. Null where it has gone.
 *
 * @param path relative to the mount
 * @param before what was read of this path by an earlier scan
 */
export function readPodDir(
  mount: string,
  path: string,
  layout: CgroupLayout,
  reader: DirReader,
  before: PodDir | undefined,
): PodDir | null {
  const absolute = `${mount}/${path}`;
  const stat = reader.stat(absolute);
  if (stat === null) return null;
  const { id } = stat;
  if (before?.cgroup.id === id && isAsBefore(mount, stat.links, before, reader)) return before;

  const parts: CgroupDir[] = [];
  const strange: string[] = [];
  const containers = new Map<string, CgroupDir>();
  for (const name of reader.dirsIn(absolute) ?? []) {
    const part = reader.stat(`${absolute}/${name}`);
    if (part === null) continue;
    const dir = { path: `${path}/${name}`, id: part.id };
    parts.push(dir);
    const meaning = parsePodPart(name, layout);
    if (meaning === null) strange.push(dir.path);
    else if (meaning !== 'no-workload') containers.set(meaning.container, dir);
  }
  // Another one of the same name may have taken its place meanwhile.
  if (reader.stat(absolute)?.id !== id) return null;
  return { cgroup: { path, id, containers }, parts, strange };
}

/**
 * Whether a directory holds what it held, without listing its dozens of control files. A cgroup v2
 * directory has two links more than directories in it. Ids are never used again, so the parts that are
 * still there by id were there all the time; as many as the links say, they are all. On a file
 * system that does not count links this is never true, and the directory is listed.
 */
function isAsBefore(mount: string, links: number, { parts }: PodDir, reader: DirReader): boolean {
  return links === parts.length + 2 && parts.every(({ path, id }) => reader.stat(`${mount}/${path}`)?.id === id);
}
