import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../src/model/clock.ts';
import type { HostPaths } from '../host/paths.ts';
import { LAYERS, type LayerName, type Placement } from '../layers/desired.ts';
import { forEachLayer } from '../layers/layer-specs.ts';
import { readUsage } from '../observe/usage.ts';
import type { Statistics, VerifyLayers } from '../scheduler/ports.ts';
import type { SchedulerConfig } from '../scheduler/scheduler.ts';
import { CANNOT_TELL, createThreadEvidence } from './thread-evidence.ts';
import { type LayerEvidence, verifyLayers } from './verify-layers.ts';

export interface VerifierDeps {
  readonly paths: HostPaths;
  readonly clock: Clock;
  /** Where a config puts the pods; undefined where that is not known, as of one that an earlier agent left. */
  readonly placementsOf: (config: SchedulerConfig) => readonly Placement[] | undefined;
}

/** Each look costs two small files a pod, so enforcement that stands is looked at less often than it is proved. */
const LOOK_MS = 10_000;
/** The first looks after an attach, or after a change, are all made. */
const FIRST_LOOKS = 3;

/**
 * Compares what the scheduler says of its layers with what the cgroups say of their threads: thread by thread where it can
 * be asked for them, else by what its statistics allow to tell.
 */
export function createVerifier({ paths, clock, placementsOf }: VerifierDeps): VerifyLayers {
  let config: SchedulerConfig | null = null;
  let empty: ReadonlyMap<LayerName, CpuTimes> = new Map();
  let looks = 0;
  let lookedAt = 0;
  let found: string | null = null;
  const askThreads = createThreadEvidence(paths);

  return async (statistics, { config: current, except, threads }) => {
    const now = clock.monotonic();
    const placements = placementsOf(current);
    if (placements === undefined) return null;
    if (current !== config) {
      config = current;
      looks = 0;
      found = null;
      empty = new Map();
    }
    // What looks wrong is looked at again at once: one reading may be a race with a move.
    if (found === null && looks >= FIRST_LOOKS && now - lookedAt < LOOK_MS) return null;
    looks += 1;
    lookedAt = now;
    const told = current.members === null ? CANNOT_TELL : await askThreads(placements, except, threads);
    if (told !== CANNOT_TELL) {
      found = told;
      return found;
    }
    const usedNow = usage(paths, placements);
    found = verifyLayers(statistics, gather(paths, placements, { usedNow, empty }));
    empty = withoutTasks(statistics, usedNow);
    return found;
  };
}

/** CPU time by cgroup, microseconds. */
type CpuTimes = ReadonlyMap<bigint, number>;

/**
 * For each layer without tasks what its cgroups had used at this look. What they used before is no proof, as those threads may
 * have ended; what they use until the next look is one if the layer has no task then either. A job may begin and end between
 * two looks that are far apart: that is why it takes two findings in a row, and after the first one the next look comes at once.
 */
function withoutTasks({ layers }: Statistics, usedNow: CpuTimes): ReadonlyMap<LayerName, CpuTimes> {
  return new Map(LAYERS.filter((name) => layers[name]?.tasks === 0).map((name) => [name, usedNow]));
}

interface Used {
  readonly usedNow: CpuTimes;
  readonly empty: ReadonlyMap<LayerName, CpuTimes>;
}

function gather(paths: HostPaths, placements: readonly Placement[], { usedNow, empty }: Used) {
  const threads = new Map<bigint, number | null>();
  for (const { cgroup } of placements) {
    if (cgroup !== null) threads.set(cgroup.id, threadsBelow(`${paths.cgroup}/${cgroup.path}`));
  }
  return forEachLayer((name): LayerEvidence => {
    if (name === 'rest') return { threads: outsidePods(paths, threads.values()), ranMs: 0, takesUnknown: false };
    const own = placements.filter(({ layer, cgroup }) => layer === name && cgroup !== null);
    const ran = own.map(({ cgroup }) => {
      const id = cgroup?.id ?? 0n;
      return (usedNow.get(id) ?? 0) - (empty.get(name)?.get(id) ?? usedNow.get(id) ?? 0);
    });
    const counts = own.map(({ cgroup }) => threads.get(cgroup?.id ?? 0n) ?? null);
    return {
      threads: counts.reduce<number | null>((sum, count) => (sum === null || count === null ? null : sum + count), 0),
      ranMs: ran.reduce((sum, usec) => sum + usec, 0) / 1000,
      takesUnknown: TAKES_UNKNOWN.has(name),
    };
  });
}

/** Their matches are broad: the host's own, and pods that the API has not told of yet. */
const TAKES_UNKNOWN: ReadonlySet<string> = new Set(['host', 'normal', 'background']);

/** All threads of the machine but those of pods: no more than these can be in the catch-all. Null where that cannot be told. */
function outsidePods(paths: HostPaths, ofPods: Iterable<number | null>): number | null {
  const all = Number(/\/(\d+) /.exec(text(join(paths.proc, 'loadavg')) ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(all)) return null;
  let left = all;
  for (const threads of ofPods) left -= threads ?? 0;
  return Math.max(0, left);
}

function usage(paths: HostPaths, placements: readonly Placement[]): CpuTimes {
  const used = new Map<bigint, number>();
  for (const { cgroup } of placements) {
    if (cgroup === null) continue;
    const usec = readUsage(`${paths.cgroup}/${cgroup.path}`);
    if (usec !== null) used.set(cgroup.id, usec);
  }
  return used;
}

/** `pids.current` counts all threads below; without the controller they are counted by their lines. */
function threadsBelow(directory: string): number | null {
  const current = text(`${directory}/pids.current`);
  if (current !== null) return Number(current) || 0;
  try {
    let count = lines(text(join(directory, 'cgroup.threads')) ?? text(join(directory, 'cgroup.procs')));
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.isDirectory()) count += threadsBelow(join(directory, entry.name)) ?? 0;
    }
    return count;
  } catch {
    return null;
  }
}

function lines(content: string | null): number {
  return content === null ? 0 : content.split('\n').filter((line) => line !== '').length;
}

/** Null where it is not there, as when the pod has just gone. */
function text(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
