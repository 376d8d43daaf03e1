import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const CGROUP = '/sys/fs/cgroup';
/** What the guest has from its start. */
const OURS: ReadonlySet<string> = new Set(['init.scope', 'system.slice']);

/** What a case has not taken back: each a line for its failure. */
export function leftovers(before: ReadonlySet<number>): string[] {
  return [...schedulerLeft(), ...processesLeft(before), ...cgroupsLeft()];
}

/** Of user space; a kernel thread has no command line. */
export function userProcesses(): Set<number> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Set(pids.filter((pid) => commandOf(pid) !== '').map(Number));
}

function schedulerLeft(): string[] {
  const state = text('/sys/kernel/sched_ext/state');
  return state === '' || state === 'disabled' ? [] : [`sched_ext is ${state}`];
}

function processesLeft(before: ReadonlySet<number>): string[] {
  return [...userProcesses()]
    .filter((pid) => !before.has(pid))
    .map((pid) => `process ${pid} is left: ${commandOf(String(pid)).replaceAll('\0', ' ').slice(0, 100)}`);
}

function cgroupsLeft(): string[] {
  const folders = readdirSync(CGROUP, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.filter(({ name }) => !OURS.has(name)).map(({ name }) => `the cgroup ${name} is left`);
}

function commandOf(pid: string): string {
  return text(join('/proc', pid, 'cmdline'));
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
