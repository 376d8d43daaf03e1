import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostPaths } from '../../agent/host/paths.ts';
import { replaceFile } from './replace-file.ts';
import { fileKernel } from './sched-ext.ts';

/** Below the re-rooted sysfs: the process id of the double; no real kernel has it. */
export const OWNER_FILE = 'kernel/sched_ext/double-pid';

const LOOK_MS = 20;

/**
 * Plays the kernel's part that no file does by itself: takes the node back when the process that attached is
 * gone, however it ended.
 *
 * @param isAlive whether the process runs; one that is dead and not reaped does not
 * @returns ends it
 */
export function playKernel({ sys }: HostPaths, isAlive: (pid: number) => boolean): () => void {
  const kernel = fileKernel(sys);
  const timer = setInterval(() => {
    const owner = ownerOf(sys);
    if (kernel.read().state === 'disabled' || (owner !== null && isAlive(owner))) return;
    if (owner !== null) kernel.set({ state: 'disabled', ops: null });
  }, LOOK_MS);
  return () => clearInterval(timer);
}

/** @param proc procfs of the machine that runs the test */
export function aliveIn(proc: string): (pid: number) => boolean {
  return (pid) => {
    try {
      const stat = readFileSync(join(proc, String(pid), 'stat'), 'latin1');
      return !/^\S+ \(.*\) [ZX]/s.test(stat);
    } catch {
      return false;
    }
  };
}

/** The kernel gives the node back when this process is gone, however that ended: it must know whose it is. */
export function own(sys: string): void {
  replaceFile(join(sys, OWNER_FILE), String(process.pid));
}

function ownerOf(sys: string): number | null {
  try {
    return Number(readFileSync(join(sys, OWNER_FILE), 'utf8'));
  } catch {
    return null;
  }
}
