/** How long threads waited for a CPU, by the kernel's own count (`waits.c`). */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isWithin } from './oracle.ts';
import { PROGRAMS } from './programs.ts';

const MAX_OUTPUT = 64 * 1024 * 1024;
const run = promisify(execFile);

export interface Waited {
  readonly tid: number;
  readonly pid: number;
  /** The longest stretch that it was runnable and did not run, since its start. */
  readonly maxMs: number;
  readonly totalMs: number;
  /** From the mount, without a leading slash; empty for the root. */
  readonly cgroup: string;
  readonly comm: string;
}

/** @param notBelow a cgroup whose threads are left out, from the mount */
export async function waits(notBelow?: string): Promise<Waited[]> {
  const { stdout } = await run(PROGRAMS.waits, notBelow === undefined ? [] : [notBelow], { maxBuffer: MAX_OUTPUT });
  return parseWaits(stdout);
}

export function parseWaits(text: string): Waited[] {
  return text.split('\n').flatMap((line) => {
    const [, tid, pid, max, total, cgroup, comm] = /^(\d+) (\d+) (\d+) (\d+) \/(\S*) (.*)$/.exec(line) ?? [];
    if (tid === undefined || cgroup === undefined || comm === undefined) return [];
    return { tid: Number(tid), pid: Number(pid), maxMs: Number(max) / 1e6, totalMs: Number(total) / 1e6, cgroup, comm };
  });
}

/** A kind of thread, and the cgroups that it is in; that of the kernel's threads is the root itself. */
export type Classes = ReadonlyMap<string, readonly string[]>;

/**
 * The thread of each class that waited longest after `before` was read. The first class that has a thread's cgroup takes
 * it. A thread whose longest wait is the same as then has waited less since.
 */
export function longestWaits(
  now: readonly Waited[],
  before: readonly Waited[],
  classes: Classes,
): ReadonlyMap<string, Waited> {
  const then = new Map(before.map(({ tid, maxMs }) => [tid, maxMs]));
  const longest = new Map<string, Waited>();
  for (const one of now) {
    const name = [...classes].find(([, cgroups]) => cgroups.some((path) => holds(path, one.cgroup)))?.[0];
    if (name === undefined || one.maxMs <= (then.get(one.tid) ?? 0)) continue;
    if (one.maxMs > (longest.get(name)?.maxMs ?? 0)) longest.set(name, one);
  }
  return longest;
}

function holds(path: string, cgroup: string): boolean {
  return path === '' ? cgroup === '' : isWithin(cgroup, path);
}
