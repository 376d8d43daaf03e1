import type { AgentPod } from './agent-pod.ts';
import type { PodChange } from './follow-pods.ts';
import { type Overrides, withOverride } from './overrides.ts';
import type { AgentPodReading } from './read-pod.ts';

interface Readings {
  values(): IterableIterator<AgentPodReading>;
}

export interface PodsByUid {
  /** Of what has changed since; null where it may be anything. */
  note(change: PodChange | null): void;
  /** By uid and in the order of the uids: another map whenever a pod is another one. */
  of(readings: Readings, overrides: Overrides): ReadonlyMap<string, AgentPod>;
}

/** Where more has changed since it was asked for last, all is read: as after a list. */
const MOST_CHANGES = 8;

/** Pods by uid, made when they are asked for. One of hundreds changes at a time: then all others are taken as they were. */
export function createPodsByUid(): PodsByUid {
  let pods: ReadonlyMap<string, AgentPod> | null = null;
  let pending: PodChange[] = [];

  return {
    note(change) {
      if (change === null || pending.length === MOST_CHANGES) pods = null;
      else if (pods !== null) pending.push(change);
    },
    of(readings, overrides) {
      for (const change of pending) pods = pods === null ? null : withChange(pods, change, overrides);
      pending = [];
      pods ??= all(readings, overrides);
      return pods;
    },
  };
}

/** Texts sort many times faster by themselves than by a function that compares them. */
function all(readings: Readings, overrides: Overrides): ReadonlyMap<string, AgentPod> {
  const found = new Map<string, AgentPod>();
  for (const { pod } of readings.values()) if (pod !== null) found.set(pod.uid, withOverride(pod, overrides));
  return new Map([...found.keys()].sort().map((uid) => [uid, found.get(uid) as AgentPod]));
}

/** Null where it takes a look at all: where two objects bear one uid. */
function withChange(
  pods: ReadonlyMap<string, AgentPod>,
  { before, now }: PodChange,
  overrides: Overrides,
): ReadonlyMap<string, AgentPod> | null {
  const list = [...pods.values()].filter(({ uid }) => uid !== before?.uid);
  if (now !== null) {
    const next = list.findIndex(({ uid }) => uid >= now.uid);
    if (list[next]?.uid === now.uid) return null;
    list.splice(next === -1 ? list.length : next, 0, withOverride(now, overrides));
  }
  return new Map(list.map((pod) => [pod.uid, pod]));
}
