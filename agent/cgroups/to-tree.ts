import type { RootReading } from './pods-in-root.ts';
import type { CgroupTree, PodCgroup } from './tree.ts';

export function notUnderstood(problem: string): CgroupTree {
  return { layout: null, problem, kubepods: null, bestEffort: null, burstable: null, pods: new Map() };
}

/** @param exceeded why the scan ended early; null where it did not */
export function treeOf(
  { root, dir, qosDirs, pods, strange, ambiguous }: RootReading,
  exceeded: string | null,
): CgroupTree {
  const byUid = new Map<string, PodCgroup>();
  for (const [uid, { cgroup }] of pods) byUid.set(uid, cgroup);
  const problems = [
    exceeded === null ? null : `not scanned to its end: ${exceeded}`,
    counted(strange, 'directory is not understood', 'directories are not understood'),
    counted(ambiguous, 'pod has two directories', 'pods have two directories each'),
  ].filter((problem) => problem !== null);
  return {
    layout: root.layout,
    problem: problems.length === 0 ? null : problems.join('; '),
    kubepods: dir,
    bestEffort: qosDirs.get('besteffort') ?? null,
    burstable: qosDirs.get('burstable') ?? null,
    pods: byUid,
  };
}

/** Names are hostile: one is shown, escaped and cut. */
function counted(names: readonly string[], one: string, many: string): string | null {
  const [first] = names;
  if (first === undefined) return null;
  return `${names.length} ${names.length === 1 ? one : many}, e.g. ${JSON.stringify(first.slice(-200))}`;
}

/** Whether two scans found the same. Pods that stayed as they were are the same objects. */
export function isSameTree(a: CgroupTree, b: CgroupTree): boolean {
  if (a === b) return true;
  if (a.layout !== b.layout || a.problem !== b.problem || a.pods.size !== b.pods.size) return false;
  for (const key of ['kubepods', 'bestEffort', 'burstable'] as const) {
    if (a[key]?.id !== b[key]?.id) return false;
  }
  for (const [uid, pod] of a.pods) if (!isSamePod(pod, b.pods.get(uid))) return false;
  return true;
}

function isSamePod(a: PodCgroup, b: PodCgroup | undefined): boolean {
  if (a === b) return true;
  if (b === undefined || a.id !== b.id || a.containers.size !== b.containers.size) return false;
  for (const [id, dir] of a.containers) if (b.containers.get(id)?.id !== dir.id) return false;
  return true;
}
