import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostPaths } from '../host/paths.ts';
import { MARKER } from './marker.ts';
import type { Orphans } from './ports.ts';

/** At a time; a node has thousands of processes. */
const AT_ONCE = 32;
const MARK = new RegExp(`(?:^|\\0)${MARKER}=(\\d{1,10})(?:\\0|$)`);

/**
 * Ends what an earlier agent started and did not outlive: processes with our mark whose parent is no
 * longer the agent that it names. The child of an agent that lives is not touched; that one ends it.
 *
 * @param kill sends SIGKILL; throws where the process is gone already
 */
export function orphansIn(paths: HostPaths, kill: (pid: number) => void): Orphans {
  return {
    async end() {
      const found = await findOrphans(paths);
      return found.filter((pid) => succeeds(() => kill(pid))).length;
    },
  };
}

export async function findOrphans({ proc }: HostPaths): Promise<number[]> {
  const pids = (await readdir(proc)).filter((name) => /^\d+$/.test(name)).map(Number);
  const found: number[] = [];
  for (let at = 0; at < pids.length; at += AT_ONCE) {
    const part = pids.slice(at, at + AT_ONCE);
    const orphaned = await Promise.all(part.map((pid) => isOrphan(proc, pid)));
    found.push(...part.filter((_, index) => orphaned[index]));
  }
  return found;
}

async function isOrphan(proc: string, pid: number): Promise<boolean> {
  if (pid === process.pid) return false;
  try {
    const agent = MARK.exec(await readFile(join(proc, String(pid), 'environ'), 'latin1'))?.[1];
    if (agent === undefined) return false;
    const parent = /^PPid:\s*(\d+)$/m.exec(await readFile(join(proc, String(pid), 'status'), 'latin1'))?.[1];
    return parent !== undefined && parent !== agent;
  } catch {
    // Gone meanwhile, or a kernel thread.
    return false;
  }
}

function succeeds(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
