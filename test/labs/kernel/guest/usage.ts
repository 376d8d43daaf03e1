import { readFileSync } from 'node:fs';
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
