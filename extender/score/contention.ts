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
  /**
   * The share of the usable CPUs that nobody of the tier or above asks for, lowered by CPU pressure: at
   * most 1, below 0 where more is asked for than there is.
   */
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
  // Whether a Normal pod fits is the scheduler's to say, by its scaled request: originals may add up to more.
  const fits = tier === 'critical' ? fenceFits : tier === 'normal' || needMilli <= usableMilli;
  // A node without a usable CPU counts as one with a single CPU, so that what is asked for there still matters.
  const left = (usableMilli - needMilli) / Math.max(1000, usableMilli);
  return { needMilli, usableMilli, fits, headroom: underPressure(left, node.pressure) };
}

/** Pressure makes what is left count less, and what is missing more. */
function underPressure(left: number, pressure: number): number {
  return left * (left > 0 ? 1 - pressure / 100 : 1 + pressure / 100);
}
