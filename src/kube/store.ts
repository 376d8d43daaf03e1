/** What happened to one object. `previous` is absent where the object is new. */
export type Change<T> =
  | { readonly type: 'set'; readonly key: string; readonly value: T; readonly previous: T | undefined }
  | { readonly type: 'delete'; readonly key: string; readonly previous: T };

/**
 * The read side of a list-watch: the last known objects of one resource. It stays readable when the
 * API server is away; `lastContactAt` tells how old it may be.
 */
export interface Watched<T> {
  /** `namespace/name`, or `name` for what has no namespace. */
  get(key: string): T | undefined;
  values(): IterableIterator<T>;
  readonly size: number;
  /** Whether one whole list has been read since the start. */
  readonly synced: boolean;
  /** When the API server last sent anything on this list-watch, milliseconds since the epoch. */
  readonly lastContactAt: number | undefined;
  /** Calls `listener` after each change, in order, synchronously. What is there already is not replayed. */
  subscribe(listener: (change: Change<T>) => void): void;
}

/** The store behind a list-watch. Listeners must not throw: one that does would break the others' view. */
export class Store<T> implements Watched<T> {
  #objects = new Map<string, T>();
  readonly #listeners: Array<(change: Change<T>) => void> = [];
  synced = false;
  lastContactAt: number | undefined;

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  get size(): number {
    return this.#objects.size;
  }

  subscribe(listener: (change: Change<T>) => void): void {
    this.#listeners.push(listener);
  }

  set(key: string, value: T): void {
    const previous = this.#objects.get(key);
    this.#objects.set(key, value);
    this.#emit({ type: 'set', key, value, previous });
  }

  delete(key: string): void {
    const previous = this.#objects.get(key);
    if (previous === undefined) return;
    this.#objects.delete(key);
    this.#emit({ type: 'delete', key, previous });
  }

  /** Takes a whole list: what is not in it is deleted, all else is set. Marks the store as synced. */
  replace(objects: ReadonlyMap<string, T>): void {
    for (const key of [...this.#objects.keys()]) if (!objects.has(key)) this.delete(key);
    for (const [key, value] of objects) this.set(key, value);
    this.synced = true;
  }

  #emit(change: Change<T>): void {
    for (const listener of this.#listeners) listener(change);
  }
}
