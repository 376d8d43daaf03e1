import type { Watched } from '../src/kube/store.ts';

/** Objects of a watched resource by something other than their name, kept up to date by its changes. */
export class Index<T> {
  readonly #byKey = new Map<string, Map<string, T>>();
  readonly #keyOf: (value: T) => string;

  constructor(watched: Watched<T>, keyOf: (value: T) => string) {
    this.#keyOf = keyOf;
    watched.subscribe((change) => {
      if (change.previous !== undefined) this.#remove(change.key, change.previous);
      if (change.type === 'set') this.#add(change.key, change.value);
    });
  }

  get(key: string): readonly T[] {
    const found = this.#byKey.get(key);
    return found === undefined ? [] : [...found.values()];
  }

  #add(name: string, value: T): void {
    const key = this.#keyOf(value);
    const group = this.#byKey.get(key) ?? new Map<string, T>();
    group.set(name, value);
    this.#byKey.set(key, group);
  }

  #remove(name: string, value: T): void {
    const key = this.#keyOf(value);
    const group = this.#byKey.get(key);
    group?.delete(name);
    if (group?.size === 0) this.#byKey.delete(key);
  }
}
