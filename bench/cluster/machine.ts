import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { cpuSeconds } from '../process-figures.ts';

/** The kernel's clock tick, which /proc counts CPU time in. */
const TICKS_PER_SECOND = 100;

/** What the machine did meanwhile: this process and all below it are ours. */
export interface Machine {
  /** CPU time of all of ours, seconds. */
  readonly ours: number;
  /** The same by the name of the program, most first; this process is `bench`. */
  readonly byProgram: ReadonlyMap<string, number>;
  /** The share of the machine that others took. */
  readonly others: number;
}

export function watchMachine(): () => Machine {
  const [beganAt, busyBefore, before] = [performance.now(), busySeconds(), ourSeconds()];
  return () => {
    const capacity = ((performance.now() - beganAt) / 1000) * availableParallelism();
    const used = [...ourSeconds()].map(
      ([program, seconds]) => [program, seconds - (before.get(program) ?? 0)] as const,
    );
    const ours = used.reduce((sum, [, seconds]) => sum + seconds, 0);
    const others = Math.max(0, (busySeconds() - busyBefore - ours) / capacity);
    return { ours, others, byProgram: new Map(used.sort((a, b) => b[1] - a[1])) };
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

function ourSeconds(): Map<string, number> {
  const below = new Map<number, number[]>();
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    const parent = parentOf(pid);
    if (parent !== null) below.set(parent, [...(below.get(parent) ?? []), pid]);
  }
  const seconds = new Map<string, number>();
  const add = (pid: number): void => {
    const program = pid === process.pid ? 'bench' : programOf(pid);
    seconds.set(program, (seconds.get(program) ?? 0) + secondsOf(pid));
    for (const child of below.get(pid) ?? []) add(child);
  };
  add(process.pid);
  return seconds;
}

function programOf(pid: number): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return 'ended';
  }
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
