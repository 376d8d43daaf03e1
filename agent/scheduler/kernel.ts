import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostPaths } from '../host/paths.ts';
import type { Kernel, KernelReading } from './ports.ts';

const STATES: ReadonlySet<string> = new Set(['disabled', 'enabling', 'enabled', 'disabling']);
const MAX_NAME = 128;

/** Reads `/sys/kernel/sched_ext`: five small files without any waiting in them. */
export function kernelOf(paths: HostPaths): Kernel {
  const folder = join(paths.sys, 'kernel/sched_ext');
  return {
    read: () => ({
      state: state(join(folder, 'state')),
      ops: text(join(folder, 'root/ops')),
      enableSeq: count(join(folder, 'enable_seq')),
      hotplugSeq: count(join(folder, 'hotplug_seq')),
      nrRejected: count(join(folder, 'nr_rejected')),
    }),
  };
}

/** A kernel without sched_ext has no such file; any other failure to read it tells nothing. */
function state(path: string): KernelReading['state'] {
  try {
    const word = readFileSync(path, 'utf8').trim();
    return STATES.has(word) ? (word as KernelReading['state']) : 'unknown';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'unknown';
  }
}

function text(path: string): string | null {
  try {
    const value = readFileSync(path, 'utf8').trim().slice(0, MAX_NAME);
    return value === '' ? null : value;
  } catch {
    return null;
  }
}

function count(path: string): number | null {
  const value = text(path);
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null;
}
