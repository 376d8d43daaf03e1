/** An object as the faulty API server keeps it. `data` stands for all that a real one has. */
export interface ApiObject {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly resourceVersion: string };
  readonly data: number | string;
}

export interface ApiEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: ApiObject;
}

/** What an API server remembers of one resource: objects with growing versions, and how they came about. */
export interface ApiState {
  readonly version: number;
  /** In the order of their names, as etcd has them. */
  objects(): ApiObject[];
  set(name: string, data: number | string): void;
  remove(name: string): void;
  /** Forgets how it came to the present: older versions and pages begun before are gone. */
  compact(): void;
  /** What happened after a version, or null when that has been forgotten. */
  since(version: number): ApiEvent[] | null;
  /** The objects as they were at a version, or null when that has been forgotten. */
  at(version: number): ApiObject[] | null;
  onEvent(listener: (event: ApiEvent) => void): () => void;
}

export function createApiState(): ApiState {
  let version = 1;
  let compacted = 1;
  let base = new Map<string, ApiObject>();
  let history: ApiEvent[] = [];
  const objects = new Map<string, ApiObject>();
  const listeners = new Set<(event: ApiEvent) => void>();

  const record = (type: ApiEvent['type'], object: ApiObject) => {
    const event = { type, object };
    history.push(event);
    for (const listener of listeners) listener(event);
  };
  const sorted = (all: ReadonlyMap<string, ApiObject>) =>
    [...all.values()].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const stamped = (name: string, data: number | string): ApiObject => {
    version += 1;
    return { metadata: { name, namespace: 'ns', resourceVersion: String(version) }, data };
  };

  return {
    get version() {
      return version;
    },
    objects: () => sorted(objects),
    set(name, data) {
      const type = objects.has(name) ? 'MODIFIED' : 'ADDED';
      const object = stamped(name, data);
      objects.set(name, object);
      record(type, object);
    },
    remove(name) {
      const last = objects.get(name);
      if (last === undefined) return;
      objects.delete(name);
      record('DELETED', stamped(name, last.data));
    },
    compact() {
      version += 1;
      compacted = version;
      base = new Map(objects);
      history = [];
    },
    since: (from) => (from < compacted ? null : history.filter(({ object }) => versionOf(object) > from)),
    at(then) {
      if (then < compacted) return null;
      const past = new Map(base);
      for (const { type, object } of history.filter((event) => versionOf(event.object) <= then)) {
        if (type === 'DELETED') past.delete(object.metadata.name);
        else past.set(object.metadata.name, object);
      }
      return sorted(past);
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function versionOf(object: ApiObject): number {
  return Number(object.metadata.resourceVersion);
}
