/** How many there are of each kind in each group, kept up to date by each change. What counts nothing takes no room. */
export class Counts<Kind extends string> {
  readonly #byGroup = new Map<string, Map<Kind, number>>();

  add(group: string, kind: Kind): void {
    const counts = this.#byGroup.get(group) ?? new Map<Kind, number>();
    this.#byGroup.set(group, counts.set(kind, (counts.get(kind) ?? 0) + 1));
  }

  /** Takes back what `add` added. */
  subtract(group: string, kind: Kind): void {
    const counts = this.#byGroup.get(group);
    const left = (counts?.get(kind) ?? 0) - 1;
    if (left > 0) counts?.set(kind, left);
    else counts?.delete(kind);
    if (counts?.size === 0) this.#byGroup.delete(group);
  }

  /** Of each kind; one that counts nothing is left out. */
  of(group: string): ReadonlyMap<Kind, number> {
    return this.#byGroup.get(group) ?? new Map();
  }
}
