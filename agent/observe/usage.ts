import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostPaths } from '../host/paths.ts';

/** CPU time that a cgroup has used since it was made, by the monotonic clock. */
export interface UsageSample {
  /** Milliseconds of the monotonic clock. */
  readonly at: number;
  /** Microseconds, by cgroup id: ids are never used again within a boot. */
  readonly usec: ReadonlyMap<bigint, number>;
}

/** A cgroup's directory, below the mount. */
export interface MeasuredCgroup {
  readonly id: bigint;
  readonly path: string;
}

/** `usage_usec` of a `cpu.stat`; null where the text has none. */
export function parseUsage(text: string): number | null {
  const value = Number(/^usage_usec (\d+)$/m.exec(text)?.[1] ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : null;
}

/**
 * Millicores that each cgroup used between two samples. What is in one of them only is left out: a
 * pod that came or went in between has no rate yet.
 */
export function usedMilli(before: UsageSample, after: UsageSample): Map<bigint, number> {
  const elapsed = after.at - before.at;
  const used = new Map<bigint, number>();
  if (elapsed <= 0) return used;
  for (const [id, usec] of after.usec) {
    const earlier = before.usec.get(id);
    // Microseconds per millisecond are thousandths of a CPU.
    if (earlier !== undefined && usec >= earlier) used.set(id, (usec - earlier) / elapsed);
  }
  return used;
}

/** Reads what the cgroups have used; one that vanished meanwhile is left out. */
export async function sampleUsage(
  { cgroup }: HostPaths,
  cgroups: readonly MeasuredCgroup[],
  now: () => number,
): Promise<UsageSample> {
  const at = now();
  const usec = new Map<bigint, number>();
  for (const { id, path } of cgroups) {
    const value = await readFile(join(cgroup, path, 'cpu.stat'), 'utf8').then(parseUsage, () => null);
    if (value !== null) usec.set(id, value);
  }
  return { at, usec };
}
