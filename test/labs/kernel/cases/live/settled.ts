/** When the threads of a pod were where they belong. */
import { readdirSync } from 'node:fs';
import type { Load } from '../../guest/load.ts';
import { threadLayers } from '../../guest/members.ts';
import { until } from '../../guest/until.ts';

const SETTLED_MS = 10_000;
const NS_PER_MS = 1e6;

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

/**
 * Waits until these threads, and no fewer, are in one of the layers.
 *
 * @param sinceNs by the clock of `process.hrtime`
 * @returns milliseconds from there to the last one's change; 0 where they all were there before
 */
export async function settled(tids: readonly number[], layers: readonly string[], sinceNs: bigint): Promise<number> {
  let now = '';
  let last = sinceNs;
  await until(
    `${tids.length} threads are in ${layers.join(' or ')}`,
    async () => {
      const threads = await threadLayers(tids);
      now = threads
        .map(({ tid, layer, current }) => `${tid} in ${layer}${current ? '' : ', not matched yet'}`)
        .join('; ');
      last = threads.reduce((latest, { changedAtNs }) => (changedAtNs > latest ? changedAtNs : latest), sinceNs);
      return (
        tids.length > 0 &&
        threads.length === tids.length &&
        threads.every(({ layer, current }) => current && layers.includes(layer ?? ''))
      );
    },
    SETTLED_MS,
    () => now,
  );
  return Number(last - sinceNs) / NS_PER_MS;
}
