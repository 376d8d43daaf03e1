import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Entry } from './cpio.ts';

/** What the guest's scripts, the agent and people at its shell run, as this machine has it. */
const PROGRAMS = [
  ...['sh', 'bash', 'setpriv', 'nice', 'taskset', 'chrt', 'mount', 'umount', 'dmesg', 'env', 'kill', 'grep', 'sed'],
  ...[
    'cat',
    'ls',
    'ln',
    'mkdir',
    'rmdir',
    'mv',
    'cp',
    'rm',
    'echo',
    'printf',
    'head',
    'tail',
    'sort',
    'wc',
    'tr',
    'cut',
  ],
  ...[
    'sleep',
    'sync',
    'uname',
    'id',
    'stat',
    'stty',
    'timeout',
    'true',
    'false',
    'date',
    'dd',
    'find',
    'setsid',
    'nproc',
  ],
];
const SEARCH = ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];
/** So that a bash without readline's terminal data and a Node without a user table are content. */
const FILES: readonly Entry[] = [
  { path: 'etc/passwd', kind: 'file', content: 'root:x:0:0:root:/root:/bin/bash\n' },
  { path: 'etc/group', kind: 'file', content: 'root:x:0:\n' },
  { path: 'etc/hosts', kind: 'file', content: '127.0.0.1 localhost\n' },
];
const FOLDERS = ['root', 'proc', 'sys', 'dev', 'run', 'tmp', 'mnt', 'boot', 'var', 'lab/out'];
const LINKS: ReadonlyArray<readonly [path: string, target: string]> = [
  ['bin', 'usr/bin'],
  ['sbin', 'usr/sbin'],
  ['lib', 'usr/lib'],
  ['lib64', 'usr/lib64'],
];

/**
 * The files of the guest's root: programs of this machine with their libraries, and more programs under the
 * names given.
 *
 * @throws Error where a program is missing
 */
export function guestRoot(more: Readonly<Record<string, string>>): Entry[] {
  const programs = new Map([
    ...PROGRAMS.map((name) => [`usr/bin/${name}`, locate(name)] as const),
    ...Object.entries(more),
  ]);
  const libraries = new Map([...programs.values()].flatMap(librariesOf).map((path) => [inUsr(path), path]));
  const copies = [...programs, ...libraries].map(
    ([path, source]) => ({ path, kind: 'copy', source, executable: true }) as const,
  );
  return [
    ...FOLDERS.map((path) => ({ path, kind: 'folder' }) as const),
    ...['usr/bin', 'usr/sbin', 'usr/lib', 'usr/lib64'].map((path) => ({ path, kind: 'folder' }) as const),
    ...LINKS.map(([path, target]) => ({ path, kind: 'link', target }) as const),
    ...FILES,
    ...copies,
  ];
}

function locate(name: string): string {
  const found = SEARCH.map((folder) => join(folder, name)).find(existsSync);
  if (found === undefined) throw new Error(`the program ${name} is missing on this machine; the guest needs it`);
  return found;
}

/** As the loader finds them; a static program has none, and ldd says so by its exit code. */
function librariesOf(program: string): string[] {
  const { stdout } = spawnSync('ldd', [program], { encoding: 'utf8' });
  return parseLdd(stdout);
}

export function parseLdd(listed: string): string[] {
  const missing = /^\s*(\S+) => not found/m.exec(listed);
  if (missing !== null) throw new Error(`the library ${missing[1]} is missing on this machine`);
  return [...listed.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x/gm)].map(([, path = '']) => path);
}

/** The loader looks in /lib and /usr/lib alike; here they are one. */
function inUsr(path: string): string {
  const folder = dirname(path).replace(/^\/(usr\/)?/, '');
  return `usr/${folder}/${basename(path)}`;
}
