import { deepFreeze, type KubeObject } from './objects.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** One write. A deletion's object is the last state, with the version of the deletion. */
export interface Change {
  readonly version: number;
  readonly type: ChangeType;
  /** Plural name of the resource. */
  readonly resource: string;
  /** `namespace/name` or `name`. */
  readonly key: string;
  readonly object: KubeObject;
  readonly previous: KubeObject | undefined;
}

/**
 * Objects under one version counter that grows with every write, and the latest writes, as etcd
 * keeps them: enough to list the state as it was and to watch from a version in the past.
 */
export interface ObjectStore {
  /** Of the latest write; 1 for an empty store. */
  readonly version: number;
  /** Writes up to this version are forgotten. */
  readonly compactedVersion: number;
  get(resource: string, key: string): KubeObject | undefined;
  /** The objects of a resource now, in no order. */
  all(resource: string): IterableIterator<KubeObject>;
  /** The objects of a resource as they were at a version that is not compacted, ordered by key. */
  snapshot(resource: string, version: number): ReadonlyArray<readonly [key: string, object: KubeObject]>;
  /** Writes an object, which the store freezes; the copy that is returned has its new resourceVersion. */
  put(resource: string, key: string, object: KubeObject): KubeObject;
  /** Takes an object away; undefined where it does not exist. */
  remove(resource: string, key: string): KubeObject | undefined;
  /** The writes after a version that is not compacted. */
  changesSince(version: number): readonly Change[];
  /** Calls the listener with each write, in order; what a listener writes is told after it returned. */
  subscribe(listener: (change: Change) => void): () => void;
  /** Forgets the writes so far, as etcd's compaction does. */
  compact(): void;
}

/** @param historyLimit how many writes are kept, at least. */
export function createStore(historyLimit = 10_000): ObjectStore {
  const resources = new Map<string, Map<string, KubeObject>>();
  const listeners = new Set<(change: Change) => void>();
  let history: Change[] = [];
  let version = 1;
  let compactedVersion = 1;
  const untold: Change[] = [];
  let isTelling = false;

  function objects(resource: string): Map<string, KubeObject> {
    const found = resources.get(resource);
    if (found !== undefined) return found;
    const created = new Map<string, KubeObject>();
    resources.set(resource, created);
    return created;
  }

  function record(type: ChangeType, resource: string, key: string, object: KubeObject): KubeObject {
    version += 1;
    const previous = objects(resource).get(key);
    const metadata = { ...object.metadata, resourceVersion: String(version) };
    const stored = deepFreeze({ ...object, metadata });
    if (type === 'DELETED') objects(resource).delete(key);
    else objects(resource).set(key, stored);
    const change: Change = { version, type, resource, key, object: stored, previous };
    history.push(change);
    if (history.length > historyLimit * 1.5) forget(history.length - historyLimit);
    tell(change);
    return stored;
  }

  function tell(change: Change): void {
    untold.push(change);
    if (isTelling) return;
    isTelling = true;
    try {
      for (let next = untold.shift(); next !== undefined; next = untold.shift()) {
        for (const listener of [...listeners]) listener(next);
      }
    } finally {
      isTelling = false;
    }
  }

  function forget(count: number): void {
    compactedVersion = history[count - 1]?.version ?? compactedVersion;
    history = history.slice(count);
  }

  function changesSince(since: number): readonly Change[] {
    return history.slice(Math.max(0, since - compactedVersion));
  }

  return {
    get version() {
      return version;
    },
    get compactedVersion() {
      return compactedVersion;
    },
    get: (resource, key) => objects(resource).get(key),
    all: (resource) => objects(resource).values(),
    snapshot(resource, at) {
      const state = new Map(objects(resource));
      const undone = changesSince(at).filter((change) => change.resource === resource);
      for (const { key, previous } of undone.reverse()) {
        if (previous === undefined) state.delete(key);
        else state.set(key, previous);
      }
      return [...state].sort(([a], [b]) => (a < b ? -1 : 1));
    },
    put: (resource, key, object) => record(objects(resource).has(key) ? 'MODIFIED' : 'ADDED', resource, key, object),
    remove(resource, key) {
      const object = objects(resource).get(key);
      return object && record('DELETED', resource, key, object);
    },
    changesSince,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    compact: () => forget(history.length),
  };
}
