import type { AgentPod } from '../pods/agent-pod.ts';
import type { CgroupTree, PodCgroup } from './tree.ts';

/** A pod's cgroup, or why it has none. */
export type PodPlace =
  | {
      readonly cgroup: PodCgroup;
      /** Ids of its running containers that have no directory there: not made yet, or run in a virtual machine. */
      readonly unseen: readonly string[];
    }
  | { readonly cgroup: null; readonly reason: string };

/** A pod of the tree that the API has not told of yet, or tells of no more. */
export interface UnknownPod {
  /** As the directory's name has it. */
  readonly uid: string;
  readonly cgroup: PodCgroup;
}

export interface Joined {
  /** By `AgentPod.uid`; one for each pod. */
  readonly places: ReadonlyMap<string, PodPlace>;
  /** By the uid in the tree. */
  readonly unknown: readonly UnknownPod[];
  /** What was joined. */
  readonly pods: readonly AgentPod[];
  readonly tree: CgroupTree;
}

/**
 * Puts the API's pods and the tree's together. A directory that bears a pod's own uid is the pod's: the
 * API server made that uid. All else can be forged by whoever makes a pod (a static pod's hash is an
 * annotation), so it must be confirmed by the id of a container that runs there; where that was so
 * once, it holds as long as the directory lives, since after a restart of the container the API may be
 * too late to tell.
 *
 * @param before the join before, for what it confirmed
 */
export function joinCgroups(pods: readonly AgentPod[], tree: CgroupTree, before: Joined | null = null): Joined {
  if (before?.tree === tree && isAlike(before.pods, pods)) return before;
  const places = new Map<string, PodPlace>();
  const { named, uids } = byName(tree);
  const others: AgentPod[] = [];
  for (const pod of pods) {
    const cgroup = named.get(pod.uid);
    if (cgroup === undefined) others.push(pod);
    else places.set(pod.uid, placeAt(pod, cgroup));
  }
  const free = places.size === named.size ? new Map() : new Map([...named].filter(([name]) => !places.has(name)));
  const rest = others.filter((pod) => {
    const cgroup = free.get(nameOf(pod.uid));
    if (cgroup === undefined) return true;
    free.delete(nameOf(pod.uid));
    places.set(pod.uid, placeAt(pod, cgroup));
    return false;
  });

  const claims = new Map<string, Claim[]>();
  const evidence = evidenceOf(free);
  for (const pod of rest) {
    const claim = claimOf(pod, evidence, before);
    if (claim === null) places.set(pod.uid, { cgroup: null, reason: whyNot(pod, tree, free) });
    else claims.set(claim.name, [...(claims.get(claim.name) ?? []), claim]);
  }
  for (const [name, claimants] of claims) settle(name, claimants, free, places);
  const unknown = Array.from(free, ([name, cgroup]) => ({ uid: uids.get(name) ?? name, cgroup }));
  return { places, unknown, pods, tree };
}

/** Whether they come to the same join as those: most changes of a pod are none of its containers. */
function isAlike(before: readonly AgentPod[], now: readonly AgentPod[]): boolean {
  if (before.length !== now.length) return false;
  return now.every((pod, at) => {
    const other = before[at];
    if (pod === other) return true;
    const { uid, cgroupUid, containerIds } = pod;
    if (uid !== other?.uid || cgroupUid !== other.cgroupUid || containerIds.length !== other.containerIds.length)
      return false;
    return containerIds.every((id, index) => id === other.containerIds[index]);
  });
}

/** What may prove that a directory is a pod's, each with the directory's name. */
interface Evidence {
  readonly byContainer: ReadonlyMap<string, string>;
  readonly byId: ReadonlyMap<bigint, string>;
}

function evidenceOf(free: ReadonlyMap<string, PodCgroup>): Evidence {
  const byContainer = new Map<string, string>();
  const byId = new Map<bigint, string>();
  for (const [name, cgroup] of free) {
    byId.set(cgroup.id, name);
    for (const id of cgroup.containers.keys()) byContainer.set(id, name);
  }
  return { byContainer, byId };
}

interface Claim {
  readonly name: string;
  readonly pod: AgentPod;
  /** Whether an earlier join has confirmed it. */
  readonly isHeld: boolean;
}

/** The one directory that a pod of another name can prove to be its own. */
function claimOf(pod: AgentPod, { byContainer, byId }: Evidence, before: Joined | null): Claim | null {
  const heldId = before?.places.get(pod.uid)?.cgroup?.id;
  const held = heldId === undefined ? undefined : byId.get(heldId);
  if (held !== undefined) return { name: held, pod, isHeld: true };
  const found = new Set(pod.containerIds.map((id) => byContainer.get(id)).filter((name) => name !== undefined));
  const [name] = found;
  return name !== undefined && found.size === 1 ? { name, pod, isHeld: false } : null;
}

function settle(
  name: string,
  claimants: readonly Claim[],
  free: Map<string, PodCgroup>,
  places: Map<string, PodPlace>,
): void {
  const cgroup = free.get(name);
  const [winner] = claimants.length === 1 ? claimants : claimants.filter(({ isHeld }) => isHeld);
  for (const { pod } of claimants) {
    if (cgroup !== undefined && pod === winner?.pod) places.set(pod.uid, placeAt(pod, cgroup));
    else places.set(pod.uid, { cgroup: null, reason: `${claimants.length} pods claim the same cgroup` });
  }
  if (winner !== undefined) free.delete(name);
}

const NONE: readonly string[] = [];

/** The same for a pod that has all that it runs there, as most do. */
const whole = new WeakMap<PodCgroup, PodPlace>();

function placeAt(pod: AgentPod, cgroup: PodCgroup): PodPlace {
  const unseen = pod.containerIds.filter((id) => !cgroup.containers.has(id));
  if (unseen.length > 0) return { cgroup, unseen };
  const place = whole.get(cgroup) ?? { cgroup, unseen: NONE };
  whole.set(cgroup, place);
  return place;
}

function whyNot({ cgroupUid }: AgentPod, tree: CgroupTree, free: ReadonlyMap<string, PodCgroup>): string {
  if (tree.layout === null) return `the cgroup tree is not understood: ${tree.problem}`;
  if (free.has(nameOf(cgroupUid)))
    return 'its cgroup is not confirmed yet: no running container of the pod is seen in it';
  return 'no cgroup yet';
}

/** A uid as both layouts can have it: systemd's names cannot tell dashes from underscores. */
function nameOf(uid: string): string {
  return uid.includes('_') ? uid.replaceAll('_', '-') : uid;
}

/** With the uids of those whose name is another: as a rule of none. */
function byName({ pods }: CgroupTree): {
  readonly named: ReadonlyMap<string, PodCgroup>;
  readonly uids: ReadonlyMap<string, string>;
} {
  const others = [...pods.keys()].filter((uid) => nameOf(uid) !== uid);
  if (others.length === 0) return { named: pods, uids: NO_NAMES };
  const named = new Map(pods);
  for (const uid of others) {
    const cgroup = pods.get(uid);
    named.delete(uid);
    if (cgroup !== undefined) named.set(nameOf(uid), cgroup);
  }
  return { named, uids: new Map(others.map((uid) => [nameOf(uid), uid])) };
}

const NO_NAMES: ReadonlyMap<string, string> = new Map();
