import { Counts } from '../counts.ts';

/** Where the replicas of each controller are, by node and by zone; kept up to date by each change, so that asking costs nothing. */
export class ReplicaIndex {
  readonly #onNodes = new Counts<string>();
  readonly #inZones = new Counts<string>();
  /** Of each node, to find them when it changes its zone. */
  readonly #controllers = new Counts<string>();
  readonly #zones = new Map<string, string>();

  add(controller: string, node: string): void {
    this.#onNodes.add(controller, node);
    this.#controllers.add(node, controller);
    const zone = this.#zones.get(node);
    if (zone !== undefined) this.#inZones.add(controller, zone);
  }

  /** Takes back what `add` added. */
  subtract(controller: string, node: string): void {
    this.#onNodes.subtract(controller, node);
    this.#controllers.subtract(node, controller);
    const zone = this.#zones.get(node);
    if (zone !== undefined) this.#inZones.subtract(controller, zone);
  }

  /** The node is in this zone, and so are the replicas on it; null for in none. */
  locate(node: string, zone: string | null): void {
    const before = this.#zones.get(node) ?? null;
    if (before === zone) return;
    for (const [controller, count] of this.#controllers.of(node)) {
      for (let replica = 0; replica < count; replica += 1) {
        if (before !== null) this.#inZones.subtract(controller, before);
        if (zone !== null) this.#inZones.add(controller, zone);
      }
    }
    if (zone === null) this.#zones.delete(node);
    else this.#zones.set(node, zone);
  }

  onNodes(controller: string): ReadonlyMap<string, number> {
    return this.#onNodes.of(controller);
  }

  inZones(controller: string): ReadonlyMap<string, number> {
    return this.#inZones.of(controller);
  }
}
