import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { cpuSeconds } from '../process-figures.ts';

/** The kernel's clock tick, which /proc counts CPU time in. */
const TICKS_PER_SECOND = 100;

/** How much of the machine went to what is none of ours: this process and all below it are. */
export function watchOthers(): () => number {
  const [beganAt, busyBefore, oursBefore] = [performance.now(), busySeconds(), ourSeconds()];
  return () => {
    const seconds = (performance.now() - beganAt) / 1000;
    const others = busySeconds() - busyBefore - (ourSeconds() - oursBefore);
    return Math.max(0, others / (seconds * availableParallelism()));
  };
}

/** CPU time of the whole machine that was used. Time that the host withheld was used by others, too. */
function busySeconds(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (
    readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
  )
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
}

/** Children that have ended count by what they left their parents, so one that comes and goes between is counted. */
function ourSeconds(): number {
  const below = new Map<number, number[]>();
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    const parent = parentOf(pid);
    if (parent !== null) below.set(parent, [...(below.get(parent) ?? []), pid]);
  }
  const sum = (pid: number): number =>
    (below.get(pid) ?? []).reduce((total, child) => total + sum(child), secondsOf(pid));
  return sum(process.pid);
}

function parentOf(pid: number): number | null {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  } catch {
    return null;
  }
}

function secondsOf(pid: number): number {
  try {
    return cpuSeconds(pid);
  } catch {
    return 0;
  }
}
