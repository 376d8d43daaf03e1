import { createListWatch, type ListWatchOptions } from '../../src/kube/list-watch.ts';
import type { Resource } from '../../src/kube/resource.ts';
import type { Watched } from '../../src/kube/store.ts';

export type WatchDeps = Pick<ListWatchOptions<unknown>, 'transport' | 'clock' | 'random' | 'observer' | 'settings'>;

/** One object that is watched by its name. */
export interface WatchedObject<T> {
  /** What was seen last; it stays when the object or the API server goes away. Null until it was seen once. */
  readonly last: T | null;
  /** Whether the API server has been asked and knows of no such object. */
  readonly missing: boolean;
  readonly store: Watched<T>;
  start(): void;
  stop(): Promise<void>;
}

export interface ObjectQuery<T> {
  /** The label of the metrics, also the last part of the path: `nodes`. */
  readonly collection: string;
  readonly name: string;
  readonly read: Resource<T>['read'];
  /** Called each time the object was seen. */
  readonly seen: (value: T) => void;
}

/** Watches one cluster-scoped object of the core API, its metadata only. */
export function watchObject<T>(deps: WatchDeps, { collection, name, read, seen }: ObjectQuery<T>): WatchedObject<T> {
  const listWatch = createListWatch<T>({
    ...deps,
    resource: {
      name: collection,
      path: `/api/v1/${collection}`,
      metadataOnly: true,
      fieldSelector: `metadata.name=${name}`,
      read,
    },
  });
  const { store } = listWatch;
  let last: T | null = null;
  store.subscribe((change) => {
    // A server that does not know the selector sends others as well.
    if (change.type !== 'set' || change.key !== name) return;
    last = change.value;
    seen(change.value);
  });
  return {
    get last() {
      return last;
    },
    get missing() {
      return store.synced && store.get(name) === undefined;
    },
    store,
    start: listWatch.start,
    stop: listWatch.stop,
  };
}
