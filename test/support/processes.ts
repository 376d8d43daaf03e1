import { readdirSync, readFileSync } from 'node:fs';

/** Processes of this machine whose command line or environment has a text, e.g. the root of a host of files. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter(
      (pid) => pid !== process.pid && (read(pid, 'cmdline').includes(text) || read(pid, 'environ').includes(text)),
    );
}

/** SIGKILL to a process that may be ending by itself, as a scheduler does whose agent is gone. */
export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resident memory in MiB; 0 for a process that is gone. */
export function residentMb(pid: number): number {
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(read(pid, 'status'))?.[1] ?? 0) / 1024;
}

/** Numbers of the descriptors that a process has open; none for one that is gone. */
export function openDescriptors(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map(Number);
  } catch {
    return [];
  }
}

/** Empty where it is gone: a process that is dead and not reaped has neither command line nor environment. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
