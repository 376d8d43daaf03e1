import type { DirReader } from './dir-reader.ts';
import { parseQosDir } from './names.ts';
import type { RootReading } from './pods-in-root.ts';

/**
 * Paths of all pods' directories, by the lists of their parents and by what was read before: without a look at any of them, so
 * that they can be looked at some at a time.
 *
 * @returns null where a parent is another one than it was
 */
export function outlineOf(
  { root, dir, qosDirs, pods }: RootReading,
  { mount, reader }: { readonly mount: string; readonly reader: DirReader },
): readonly string[] | null {
  const isSame = ({ path, id }: typeof dir): boolean => reader.stat(`${mount}/${path}`)?.id === id;
  if (![dir, ...qosDirs.values()].every(isSame)) return null;
  const names = reader.dirsIn(`${mount}/${root.path}`) ?? [];
  const isQosDir = (name: string): boolean => parseQosDir(name, root) !== null;
  if (names.filter(isQosDir).length !== qosDirs.size) return null;
  const below = (path: string, list: readonly string[]): string[] => list.map((name) => `${path}/${name}`);
  const listed = [
    ...below(
      root.path,
      names.filter((name) => !isQosDir(name)),
    ),
    ...[...qosDirs.values()].flatMap(({ path }) => below(path, reader.dirsIn(`${mount}/${path}`) ?? [])),
  ];
  const known = [...pods.values()].map(({ cgroup }) => cgroup.path);
  return [...new Set([...known, ...listed])];
}
