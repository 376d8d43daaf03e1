import type { TierOrSystem } from '../../src/model/tier.ts';

/** A pod counted on a node before the node's agent counts it. */
export interface Reservation {
  readonly uid: string;
  readonly node: string;
  readonly tier: TierOrSystem;
  /** The pod's original request, millicores, whole. */
  readonly milli: number;
}
