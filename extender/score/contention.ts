import { fence } from '../../src/model/fence.ts';
import type { NodeFacts } from './demand.ts';

/** The tiers that are placed where least contends with them. */
export type ContendedTier = 'critical' | 'high' | 'normal';

export interface Contention {
  /** What the pod's tier and those above it ask for once the pod is there, millicores; Critical in whole cores. */
  readonly needMilli: number;
  /** CPUs outside the reserve, in whole physical cores as the fence counts them, millicores. */
  readonly usableMilli: number;
  /** Whether the pod has room: see docs/explanation/scoring.md for what that means for each tier. */
  readonly fits: boolean;
  /** The share of the usable CPUs that nobody of the tier or above asks for, lowered by CPU pressure: 0 to 1. */
  readonly headroom: number;
}

/**
 * What a pod of the tier would contend with on the node. Each tier sees what it and the tiers above
 * it ask for. Critical sees High too, but only in its headroom: its room is the fence alone, for
 * High gives way to Critical and must not keep it from a node that can fence it.
 */
export function contention(tier: ContendedTier, requestMilli: number, node: NodeFacts): Contention {
  const { machine, demand } = node;
  const own = tier === 'critical' ? requestMilli : 0;
  const { needed, fenceable, fits: fenceFits } = fence(machine, demand.critical + own);
  const usableMilli = fenceable * 1000;
  let needMilli = needed * 1000 + demand.high;
  if (tier !== 'critical') needMilli += requestMilli;
  if (tier === 'normal') needMilli += demand.normal;
  const left = usableMilli === 0 ? 0 : Math.max(0, (usableMilli - needMilli) / usableMilli);
  return {
    needMilli,
    usableMilli,
    fits: tier === 'critical' ? fenceFits : needMilli <= usableMilli,
    headroom: left * (1 - node.pressure / 100),
  };
}
