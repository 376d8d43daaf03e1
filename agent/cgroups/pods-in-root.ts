import type { Budget } from './bounds.ts';
import type { DirReader } from './dir-reader.ts';
import { parsePod, parseQosDir, type QosDir } from './names.ts';
import { type PodDir, readPodDir } from './pod-dir.ts';
import type { FoundRoot } from './search.ts';
import type { CgroupDir } from './tree.ts';

/** What one root holds. */
export interface RootReading {
  readonly root: FoundRoot;
  readonly dir: CgroupDir;
  readonly qosDirs: ReadonlyMap<QosDir, CgroupDir>;
  readonly pods: ReadonlyMap<string, PodDir>;
  /** Paths of directories that are not understood. */
  readonly strange: readonly string[];
  /** Uids that two directories bear, each with containers in it or each without: neither counts. */
  readonly ambiguous: readonly string[];
}

export interface ReadRootOptions {
  readonly mount: string;
  readonly root: FoundRoot;
  readonly reader: DirReader;
  readonly budget: Budget;
  /** By path, from the scan before. */
  readonly before: ReadonlyMap<string, PodDir>;
}

/** Reads all pods' parent, the directories of QoS classes and the pods' own. Null where it has gone. */
export function readRoot(options: ReadRootOptions): RootReading | null {
  const { root } = options;
  const dir = dirAt(options, root.path);
  if (dir === null) return null;
  const pods = new Pods();
  const qosDirs = new Map<QosDir, CgroupDir>();
  const strange: string[] = [];
  for (const [name, path] of dirsIn(options, root.path)) {
    const qos = parseQosDir(name, root);
    const qosDir = qos === null ? null : dirAt(options, path);
    if (qos === null) readPod(options, path, parsePod(name, root, null), pods, strange);
    else if (qosDir !== null) qosDirs.set(qos, qosDir);
  }
  for (const [qos, { path: parent }] of qosDirs) {
    for (const [name, path] of dirsIn(options, parent)) {
      readPod(options, path, parsePod(name, root, qos), pods, strange);
    }
  }
  for (const pod of pods.byUid.values()) strange.push(...pod.strange);
  return { root, dir, qosDirs, pods: pods.byUid, strange, ambiguous: [...pods.ambiguous] };
}

function readPod(options: ReadRootOptions, path: string, uid: string | null, pods: Pods, strange: string[]): void {
  const pod = uid === null ? null : podAt(options, path);
  if (uid === null) strange.push(path);
  else if (pod !== null) pods.add(uid, pod);
}

function dirsIn({ mount, reader }: ReadRootOptions, path: string): Array<readonly [name: string, path: string]> {
  return (reader.dirsIn(`${mount}/${path}`) ?? []).map((name) => [name, `${path}/${name}`] as const);
}

function dirAt({ mount, reader, budget }: ReadRootOptions, path: string): CgroupDir | null {
  const stat = budget.take() ? reader.stat(`${mount}/${path}`) : null;
  return stat === null ? null : { path, id: stat.id };
}

function podAt({ mount, root, reader, budget, before }: ReadRootOptions, path: string): PodDir | null {
  if (!budget.take()) return null;
  const pod = readPodDir(mount, path, root.layout, reader, before.get(path));
  return pod !== null && budget.take(pod.parts.length) ? pod : null;
}

/** Pods by uid. Of two directories of one uid the one with containers counts: the other is a leftover. */
class Pods {
  readonly byUid = new Map<string, PodDir>();
  readonly ambiguous = new Set<string>();

  add(uid: string, pod: PodDir): void {
    if (this.ambiguous.has(uid)) return;
    const other = this.byUid.get(uid);
    if (other === undefined || (isEmpty(other) && !isEmpty(pod))) {
      this.byUid.set(uid, pod);
    } else if (isEmpty(other) === isEmpty(pod)) {
      this.byUid.delete(uid);
      this.ambiguous.add(uid);
    }
  }
}

function isEmpty({ cgroup }: PodDir): boolean {
  return cgroup.containers.size === 0;
}
