import type { FenceMachine } from '../../src/model/fence.ts';
import type { TierOrSystem } from '../../src/model/tier.ts';

/** Original CPU requests on one node by tier, millicores; system pods apart. */
export type Demand = Readonly<Record<TierOrSystem, number>>;

/** What a score is computed from: one node as its agent reports it, with the reservations added. */
export interface NodeFacts {
  readonly machine: FenceMachine;
  readonly demand: Demand;
  /** PSI `cpu some avg10`, percent. */
  readonly pressure: number;
}

export const NO_DEMAND: Demand = { critical: 0, high: 0, normal: 0, low: 0, background: 0, system: 0 };

export function addDemand(a: Demand, b: Demand): Demand {
  return {
    critical: a.critical + b.critical,
    high: a.high + b.high,
    normal: a.normal + b.normal,
    low: a.low + b.low,
    background: a.background + b.background,
    system: a.system + b.system,
  };
}

/** Everything that is asked for on the node, millicores. */
export function totalDemand(demand: Demand): number {
  return demand.critical + demand.high + demand.normal + demand.low + demand.background + demand.system;
}
