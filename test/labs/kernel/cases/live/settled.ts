/** When the threads of a pod were where they belong. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Load } from '../../guest/load.ts';
import { type ThreadLayer, threadLayers } from '../../guest/members.ts';
import { until } from '../../guest/until.ts';

const SETTLED_MS = 10_000;
const NS_PER_MS = 1e6;
/** Of the times in procfs. */
const NS_PER_TICK = 10_000_000n;

/** Threads that do a load's work; the first one of a process waits for a signal and never wakes up. */
export function workersOf(loads: ReadonlyArray<Pick<Load, 'pid'>>): number[] {
  return loads.flatMap(({ pid }) => threadsOf(pid).filter((tid) => tid !== pid));
}

function threadsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
}

/** Waits until these threads, and no fewer, are in one of the layers. @returns how they are then */
export async function settled(tids: readonly number[], layers: readonly string[]): Promise<readonly ThreadLayer[]> {
  let threads: readonly ThreadLayer[] = [];
  await until(
    `${tids.length} threads are in ${layers.join(' or ')}`,
    async () => {
      threads = await threadLayers(tids);
      return (
        tids.length > 0 &&
        threads.length === tids.length &&
        threads.every(({ layer, current }) => current && layers.includes(layer ?? ''))
      );
    },
    SETTLED_MS,
    () =>
      threads.map(({ tid, layer, current }) => `${tid} in ${layer}${current ? '' : ', not matched yet'}`).join('; '),
  );
  return threads;
}

/**
 * @param sinceNs by the clock of `process.hrtime`
 * @returns milliseconds from there to the last one's change; 0 where they all were there before
 */
export function lastMoved(threads: readonly ThreadLayer[], sinceNs: bigint): number {
  return Math.max(0, ...threads.map(({ changedAtNs }) => Number(changedAtNs - sinceNs) / NS_PER_MS));
}

/** The same from each one's own start, which the kernel tells to 10 ms, rounded down. */
export function longestFromStart(threads: readonly ThreadLayer[]): number {
  return Math.max(...threads.map((thread) => lastMoved([thread], startOf(thread.tid))));
}

function startOf(tid: number): bigint {
  const fields = readFileSync(`/proc/${tid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return BigInt(fields[19] ?? 0) * NS_PER_TICK;
}
