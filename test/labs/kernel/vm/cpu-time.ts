import { readFileSync } from 'node:fs';

/** Of /proc/PID/stat; the same on all machines that Node runs on. */
const TICK_MS = 10;

/** Milliseconds in user and kernel mode; 0 for a process that is gone. */
export function cpuTime(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return 0;
  }
}
