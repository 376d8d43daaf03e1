import { parsePod } from './names.ts';
import { type PodDir, readPodDir } from './pod-dir.ts';
import type { ReadRootOptions, RootReading } from './pods-in-root.ts';
import type { CgroupLayout } from './tree.ts';

/**
 * Looks at some pods' directories only and takes all others for as they were: one pod of hundreds comes or goes at a time.
 *
 * @param paths relative to the mount, of pods that may have come, gone, or got another container
 * @returns the same reading where they are as they were; null where only a look at all of them can tell
 */
export function lookAt(
  reading: RootReading,
  paths: Iterable<string>,
  { mount, reader, budget }: Reach,
): RootReading | null {
  // What is strange may have been in a pod that is looked at.
  if (reading.strange.length > 0) return null;
  let pods: Map<string, PodDir> | null = null;
  for (const path of paths) {
    const uid = podOf(reading, path);
    if (uid === null) return null;
    const before = (pods ?? reading.pods).get(uid);
    const pod = podAt(path, before, reading.root.layout, { mount, reader, budget });
    if (pod === undefined) return null;
    if (pod === (before ?? null)) continue;
    pods ??= new Map(reading.pods);
    put(pods, uid, pod);
  }
  return pods === null ? reading : { ...reading, pods };
}

type Reach = Omit<ReadRootOptions, 'root' | 'before'>;

/** Null where it has gone; undefined where only a look at all of them can tell. */
function podAt(path: string, before: PodDir | undefined, layout: CgroupLayout, { mount, reader, budget }: Reach) {
  if (before !== undefined && before.cgroup.path !== path) return;
  const pod = readPodDir(mount, path, layout, reader, before);
  if (!budget.take(1 + (pod?.parts.length ?? 0)) || (pod?.strange.length ?? 0) > 0) return;
  return pod;
}

/** Null for what is no pod's directory by its name, and for one of two of the same uid. */
function podOf({ root, qosDirs, ambiguous }: RootReading, path: string): string | null {
  const end = path.lastIndexOf('/');
  const parent = path.slice(0, end);
  const [qos = null] = [...qosDirs].find(([, dir]) => dir.path === parent) ?? [];
  if (qos === null && parent !== root.path) return null;
  const uid = parsePod(path.slice(end + 1), root, qos);
  return uid === null || ambiguous.includes(uid) ? null : uid;
}

function put(pods: Map<string, PodDir>, uid: string, pod: PodDir | null): void {
  if (pod === null) pods.delete(uid);
  else pods.set(uid, pod);
}
