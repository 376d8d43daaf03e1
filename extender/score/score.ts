import { isProtected, type Tier } from '../../src/model/tier.ts';
import { contention } from './contention.ts';
import type { NodeFacts } from './demand.ts';
import { gradedLevel, LEVELS, NO_ROOM_LEVEL } from './levels.ts';
import { packing } from './packing.ts';

/** `graded`: by its value. `no-room`: known, and the pod does not fit. `unknown`: nothing that counts is known. */
export type Band = 'graded' | 'no-room' | 'unknown';

/** One node's score for one pod, before ties are settled. */
export interface NodeScore {
  /** A whole number from 0 to 10. */
  readonly level: number;
  readonly band: Band;
  /**
   * What the level was made from: headroom for contention, fullness for packing. It orders nodes of equal level,
   * and goes on beyond 0 and 1 where the level does not.
   */
  readonly value: number;
  /** What the formula set against each other, millicores; both 0 where nothing is known. */
  readonly needMilli: number;
  readonly capacityMilli: number;
}

/** A node that is known: fresh facts, and whether its agent can protect a Critical or High pod. */
export interface KnownNode {
  readonly facts: NodeFacts;
  readonly capable: boolean;
}

const unknown = (tier: Tier): NodeScore => ({
  level: LEVELS[tier].unknown,
  band: 'unknown',
  value: 0,
  needMilli: 0,
  capacityMilli: 0,
});

const UNKNOWN: Readonly<Record<Tier, NodeScore>> = {
  critical: unknown('critical'),
  high: unknown('high'),
  normal: unknown('normal'),
  low: unknown('low'),
  background: unknown('background'),
};

/**
 * The score of a node for a pod: docs/explanation/scoring.md.
 *
 * @param requestMilli the pod's own original request, not yet in the node's demand
 * @param node null where nothing fresh is known of the node
 */
export function scoreNode(tier: Tier, requestMilli: number, node: KnownNode | null): NodeScore {
  if (node === null || (isProtected(tier) && !node.capable)) return UNKNOWN[tier];
  if (tier === 'low' || tier === 'background') {
    const { needMilli, totalMilli, fullness } = packing(requestMilli, node.facts);
    return graded(tier, fullness, needMilli, totalMilli);
  }
  const { needMilli, usableMilli, fits, headroom } = contention(tier, requestMilli, node.facts);
  if (fits) return graded(tier, headroom, needMilli, usableMilli);
  return { level: NO_ROOM_LEVEL, band: 'no-room', value: 0, needMilli, capacityMilli: usableMilli };
}

function graded(tier: Tier, value: number, needMilli: number, capacityMilli: number): NodeScore {
  return { level: gradedLevel(tier, value), band: 'graded', value, needMilli, capacityMilli };
}
