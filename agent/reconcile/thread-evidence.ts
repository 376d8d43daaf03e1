import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readTextSync } from '../host/file-text.ts';
import type { HostPaths } from '../host/paths.ts';
import type { Placement } from '../layers/desired.ts';
import type { ThreadLayer } from '../scheduler/live/messages.ts';
import type { StatisticsSession } from '../scheduler/ports.ts';

/** One look: so many pods, and so many threads of each. The next look begins where this one has ended. */
const PODS = 16;
const THREADS = 4;
/** Directories below a pod that are looked at for them. */
const DIRECTORIES = 16;

/** The scheduler does not say in which layer a thread is. */
export const CANNOT_TELL = Symbol('cannot tell');

interface Thread {
  readonly tid: number;
  readonly placement: Placement;
}

/**
 * Asks the scheduler for the layers of a few threads of pods. A thread that has not been matched since the last change is on
 * its way and proves nothing.
 *
 * @returns what is wrong, for people; null where nothing is
 */
export function createThreadEvidence(paths: HostPaths) {
  let next = 0;
  let looks = 0;
  let suspects: readonly Thread[] = [];

  return async (
    placements: readonly Placement[],
    except: ReadonlySet<bigint>,
    ask: StatisticsSession['threads'],
  ): Promise<string | null | typeof CANNOT_TELL> => {
    const known = placements.filter(({ cgroup }) => cgroup !== null && !except.has(cgroup.id));
    const turn = [...known.slice(next), ...known.slice(0, next)].slice(0, PODS);
    next = known.length === 0 ? 0 : (next + turn.length) % known.length;
    looks += 1;
    const sampled = turn.flatMap((placement) => someThreads(paths, placement, looks));
    // Who was in a wrong layer is looked at again, unless it has gone or was moved away.
    const again = suspects.flatMap(({ tid, placement: { uid } }) => {
      const placement = known.find((one) => one.uid === uid);
      return placement !== undefined && threadsBelow(paths, placement).includes(tid) ? [{ tid, placement }] : [];
    });
    const threads = new Map([...again, ...sampled].map((thread) => [thread.tid, thread]));
    if (threads.size === 0) return null;
    const told = await ask([...threads.keys()]);
    if (told === null) return CANNOT_TELL;
    const wrong = told.flatMap((one) => wrongly(one, threads.get(one.tid)));
    suspects = wrong.map(({ thread }) => thread).slice(0, PODS * THREADS);
    const [first] = wrong;
    if (first === undefined) return null;
    const { layer, thread } = first;
    const { uid, layer: expected } = thread.placement;
    return `thread ${thread.tid} of pod ${uid} is in layer ${layer}, not ${expected} (${wrong.length} of ${told.length} looked at)`;
  };
}

function wrongly({ layer, isCurrent }: ThreadLayer, thread: Thread | undefined) {
  if (thread === undefined || layer === null || !isCurrent || layer === thread.placement.layer) return [];
  return [{ layer, thread }];
}

/** The oldest ones and the newest in turn. */
function someThreads(paths: HostPaths, placement: Placement, look: number): Thread[] {
  const tids = threadsBelow(paths, placement);
  const some = look % 2 === 0 ? tids.slice(0, THREADS) : tids.slice(-THREADS);
  return some.map((tid) => ({ tid, placement }));
}

function threadsBelow(paths: HostPaths, { cgroup }: Placement): number[] {
  const tids: number[] = [];
  const directories = cgroup === null ? [] : [join(paths.cgroup, cgroup.path)];
  for (let looked = 0; looked < DIRECTORIES; looked += 1) {
    const directory = directories.shift();
    if (directory === undefined) break;
    tids.push(...threadsOf(directory));
    directories.push(...below(directory));
  }
  return tids;
}

/** Those of a threaded cgroup can only be read as threads, those of another one as either. */
function threadsOf(directory: string): number[] {
  const threads = readTextSync(join(directory, 'cgroup.threads'));
  if (threads.kind !== 'text') return [];
  return threads.text.split('\n').flatMap((line) => (/^[1-9]\d{0,9}$/.test(line) ? [Number(line)] : []));
}

function below(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
  } catch {
    // The pod has just gone.
    return [];
  }
}
