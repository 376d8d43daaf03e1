import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What no healthy kernel says. */
const BAD =
  /\b(BUG|WARNING|Oops|Call Trace|general protection|stall(ed)? on CPU|soft lockup|hung_task|possible circular)\b|cut here/;

/** The kernel's messages since a mark that an earlier call returned. */
export interface KernelLog {
  readonly text: string;
  /** Lines that tell of trouble in the kernel itself. A scheduler that it lets go of is no such trouble. */
  readonly bad: readonly string[];
}

export function kernelLog(sinceSeconds: number): KernelLog {
  const all = execFileSync('dmesg', { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).split('\n');
  const lines = all.filter((line) => Number(/^\[\s*([\d.]+)\]/.exec(line)?.[1] ?? 0) >= sinceSeconds);
  return { text: lines.join('\n'), bad: withoutOutOfMemory(lines).filter((line) => BAD.test(line)) };
}

/** A mark for `kernelLog`, seconds. */
export function uptime(): number {
  return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
}

/** A cgroup over its limit: the kernel shows a call trace with it, and that is no trouble of its own. */
function withoutOutOfMemory(lines: readonly string[]): string[] {
  let inside = false;
  return lines.filter((line) => {
    if (line.includes('invoked oom-killer')) inside = true;
    const isPart = inside;
    if (/[Oo]ut of memory: Killed process/.test(line)) inside = false;
    return !isPart;
  });
}
