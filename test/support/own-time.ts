import { readdirSync, readFileSync } from 'node:fs';

/** The unit of procfs. */
const TICK_MS = 10;
/** The waits of processes side by side add up to more than the time that has passed: so much of it counts in any case. */
const LEAST_SHARE = 0.1;

/**
 * A stopwatch for what is promised within a time. It leaves out what the machine withheld: time in which this process or one that it has
 * started, or that these have started, was ready to run and had no CPU, and time that the machine itself was not given. Who waits for
 * anything else, or hangs, is not ready to run, so that counts.
 *
 * @returns the milliseconds since the call
 */
export function ownTime(): () => number {
  const start = performance.now();
  const stolen = stolenMs();
  const before = waits();
  return () => {
    let withheld = stolenMs() - stolen;
    for (const [pid, ms] of waits()) withheld += ms - (before.get(pid) ?? 0);
    const passed = performance.now() - start;
    return Math.max(passed - withheld, LEAST_SHARE * passed);
  };
}

/** As `until`, in such time. */
export async function inTime(what: string, ms: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  const own = ownTime();
  while (!(await holds())) {
    if (own() > ms) throw new Error(`not within ${ms} ms, those left out that the machine withheld: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** By process, of its main thread, which is where all of ours do their work. */
function waits(pid = process.pid, found = new Map<number, number>()): Map<number, number> {
  found.set(pid, Number(read(`/proc/${pid}/schedstat`).split(' ')[1] ?? 0) / 1_000_000);
  for (const child of childrenOf(pid)) waits(child, found);
  return found;
}

function childrenOf(pid: number): number[] {
  try {
    const lists = readdirSync(`/proc/${pid}/task`).map((thread) => read(`/proc/${pid}/task/${thread}/children`));
    return lists.flatMap((list) => list.split(' ').filter((word) => word !== '')).map(Number);
  } catch {
    return [];
  }
}

/** What the host took from all CPUs of this machine. */
function stolenMs(): number {
  return Number(/^cpu +(?:\d+ ){7}(\d+)/.exec(read('/proc/stat'))?.[1] ?? 0) * TICK_MS;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
