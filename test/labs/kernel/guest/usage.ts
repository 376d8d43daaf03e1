import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CpuStat {
  readonly usageUsec: number;
  /** Periods in which the cgroup or one below it was held back by its limit; 0 where none has a limit. */
  readonly throttledPeriods: number;
}

/** `cpu.stat` of a cgroup, given from the mount. */
export function cpuStat(mount: string, path: string): CpuStat {
  const text = readFileSync(join(mount, path, 'cpu.stat'), 'utf8');
  const value = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return { usageUsec: value('usage_usec'), throttledPeriods: value('nr_throttled') };
}

export interface Used {
  /** CPUs. */
  readonly cpus: number;
  readonly throttledPeriods: number;
}

/** What cgroups use in the same stretch of time, in their order. @param paths from the mount @param during what lasts that long */
export async function usedBy(mount: string, paths: readonly string[], during: () => Promise<unknown>): Promise<Used[]> {
  const before = paths.map((path) => cpuStat(mount, path));
  const begun = performance.now();
  await during();
  const seconds = (performance.now() - begun) / 1000;
  return paths.map((path, index) => {
    const now = cpuStat(mount, path);
    const then = before[index] ?? now;
    return {
      cpus: (now.usageUsec - then.usageUsec) / 1e6 / seconds,
      throttledPeriods: now.throttledPeriods - then.throttledPeriods,
    };
  });
}

/** CPU seconds of each thread that a process has started, in their order. */
export function secondsOfThreads(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`)
    .filter((tid) => Number(tid) !== pid)
    .map((tid) => Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]) / 1e9);
}
