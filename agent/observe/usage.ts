import { readFileSync } from 'node:fs';
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

/** So many at once: a pod that comes meanwhile does not wait for the files of hundreds. */
const AT_ONCE = 8;

/**
 * Reads what the cgroups have used; one that vanished meanwhile is left out. Each is read at once: through the thread pool the
 * files of 110 pods cost more than all else that the agent does in half a minute.
 */
export async function sampleUsage(
  { cgroup }: HostPaths,
  cgroups: readonly MeasuredCgroup[],
  now: () => number,
): Promise<UsageSample> {
  const at = now();
  const usec = new Map<bigint, number>();
  for (const [index, { id, path }] of cgroups.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
    const value = readUsage(`${cgroup}/${path}`);
    if (value !== null) usec.set(id, value);
  }
  return { at, usec };
}

/** What a cgroup has used, by its directory; null where it is gone or its file is not of the kernel's form. */
export function readUsage(directory: string): number | null {
  try {
    return parseUsage(readFileSync(`${directory}/cpu.stat`, 'utf8'));
  } catch {
    return null;
  }
}
