import type { TierOrSystem } from '../../src/model/tier.ts';

/** How many pods of each tier are bound to each node, as the pod watch shows them. */
export class PodCounts {
  readonly #byNode = new Map<string, Map<TierOrSystem, number>>();

  add(node: string, tier: TierOrSystem): void {
    const counts = this.#byNode.get(node) ?? new Map<TierOrSystem, number>();
    this.#byNode.set(node, counts.set(tier, (counts.get(tier) ?? 0) + 1));
  }

  /** Takes back what `add` added. */
  subtract(node: string, tier: TierOrSystem): void {
    const counts = this.#byNode.get(node);
    const left = (counts?.get(tier) ?? 0) - 1;
    if (left > 0) counts?.set(tier, left);
    else counts?.delete(tier);
    if (counts?.size === 0) this.#byNode.delete(node);
  }

  on(node: string, tier: TierOrSystem): number {
    return this.#byNode.get(node)?.get(tier) ?? 0;
  }
}
