import { join } from 'node:path';
import { readTextSync } from '../host/file-text.ts';
import type { HostPaths } from '../host/paths.ts';

/** Threads that run or wait for a CPU, of all threads, as in the fourth word of `/proc/loadavg`; null where it does not tell. */
export function parseRunnable(text: string): number | null {
  const [, runnable] = /^\S+ \S+ \S+ (\d{1,9})\/\d+ /.exec(text) ?? [];
  return runnable === undefined ? null : Number(runnable);
}

/** The same at this moment. Never throws. */
export function readRunnable({ proc }: HostPaths): number | null {
  const read = readTextSync(join(proc, 'loadavg'));
  return read.kind === 'text' ? parseRunnable(read.text) : null;
}
