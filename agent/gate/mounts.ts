import type { FileText } from '../host/file-text.ts';

export interface Mount {
  readonly point: string;
  /** E.g. `cgroup2`. */
  readonly type: string;
  /** Of the file system, e.g. `rw,cpu,cpuacct` for a v1 hierarchy. */
  readonly options: readonly string[];
}

export type MountTable = { readonly list: readonly Mount[] } | { readonly problem: string };

/** Reads `/proc/PID/mountinfo`. Lines that are none are skipped: a name with a line break cannot hide another mount. */
export function parseMounts(file: FileText): MountTable {
  if (file.kind === 'absent') return { problem: 'there is no mount table' };
  if (file.kind === 'unreadable') return { problem: `the mount table is not readable: ${file.why}` };
  const list = file.text.split('\n').flatMap((line) => {
    const [left = '', right] = line.split(' - ');
    const point = left.split(' ')[4];
    const [type, , options] = right?.split(' ') ?? [];
    if (point === undefined || type === undefined) return [];
    return [{ point: unescaped(point), type, options: options?.split(',') ?? [] }];
  });
  return list.length === 0 ? { problem: 'the mount table is empty' } : { list };
}

/** The mount in which a path lies: the longest mount point above it, and of equal ones the last, which hides the others. */
export function mountOf(list: readonly Mount[], path: string): Mount | null {
  let found: Mount | null = null;
  for (const mount of list) {
    const above = mount.point === path || path.startsWith(mount.point === '/' ? '/' : `${mount.point}/`);
    if (above && (found === null || mount.point.length >= found.point.length)) found = mount;
  }
  return found;
}

/** Blanks, tabs, line breaks and backslashes are written as three octal digits. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
