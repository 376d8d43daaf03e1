import type { TierOrSystem } from '../../src/model/tier.ts';
import { type Demand, NO_DEMAND } from '../score/demand.ts';
import type { Reservation } from './reservation.ts';

/** What is reserved on each node by tier, kept up to date by each change so that reading one node costs nothing. */
export class NodeSums {
  readonly #byNode = new Map<string, Record<TierOrSystem, number>>();

  add({ node, tier, milli }: Reservation): void {
    if (milli === 0) return;
    const sums = this.#byNode.get(node);
    if (sums === undefined) this.#byNode.set(node, { ...NO_DEMAND, [tier]: milli });
    else sums[tier] += milli;
  }

  /** Takes back what `add` added. */
  subtract({ node, tier, milli }: Reservation): void {
    const sums = this.#byNode.get(node);
    if (sums === undefined) return;
    sums[tier] -= milli;
    if (Object.values(sums).every((sum) => sum === 0)) this.#byNode.delete(node);
  }

  on(node: string): Demand | null {
    return this.#byNode.get(node) ?? null;
  }
}
