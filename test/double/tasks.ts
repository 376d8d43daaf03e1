import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LayerSpec } from './check-config.ts';

/** Threads that ran, by cgroup: its path from the root without slashes around it, and its id and its ancestors', itself first. */
export type Tasks = ReadonlyArray<{
  readonly path: string;
  readonly ids: readonly bigint[];
  readonly count: number;
  readonly tids?: readonly number[];
}>;

const MAX_DEPTH = 32;

/** What `cgroup.procs` of a re-rooted tree say. */
export function tasksBelow(root: string): Tasks {
  const found: Array<Tasks[number]> = [];
  const visit = (path: string, above: readonly bigint[]): void => {
    const folder = join(root, path);
    const tids = lines(join(folder, 'cgroup.procs')).map(Number);
    const ids = path === '' ? above : [statSync(folder, { bigint: true }).ino, ...above];
    if (tids.length > 0) found.push({ path, ids, count: tids.length, tids });
    if (ids.length === MAX_DEPTH) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) visit(path === '' ? entry.name : `${path}/${entry.name}`, ids);
    }
  };
  try {
    visit('', []);
  } catch {
    // A directory vanished while it was read; the next look finds it gone.
  }
  return found;
}

/** The layer of a cgroup's tasks: the nearest member, else the first match. */
export function layerOf(
  path: string,
  ids: readonly bigint[],
  specs: readonly LayerSpec[],
  members: ReadonlyMap<bigint, number>,
): number {
  const nearest = ids.find((id) => members.has(id));
  const member = nearest === undefined ? undefined : members.get(nearest);
  if (member !== undefined) return member;
  const text = path === '' ? '/' : `${path}/`;
  return specs.findIndex(({ matches }) =>
    matches.some((block) => block.every((match) => text.startsWith(String(match['CgroupPrefix'] ?? '\0')))),
  );
}

/** Ids of all cgroups. One that vanishes while it is listed fails the list as a whole. */
export function cgroupsBelow(root: string): ReadonlySet<bigint> {
  for (;;) {
    try {
      return idsBelow(root);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !existsSync(root)) throw error;
    }
  }
}

function idsBelow(root: string): ReadonlySet<bigint> {
  const ids = new Set<bigint>();
  for (const entry of readdirSync(root, { withFileTypes: true, recursive: true })) {
    if (!entry.isDirectory()) continue;
    const found = statSync(join(entry.parentPath, entry.name), { bigint: true, throwIfNoEntry: false });
    if (found !== undefined) ids.add(found.ino);
  }
  return ids;
}

function lines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}
