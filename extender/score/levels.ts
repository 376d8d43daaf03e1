import type { Tier } from '../../src/model/tier.ts';

/** kube-scheduler's `MaxExtenderPriority`: scores are whole numbers from 0 to this. */
export const TOP_LEVEL = 10;

/** The level of a node that is known and has no room for the pod. */
export const NO_ROOM_LEVEL = 0;

interface Levels {
  /** The level of a node of which nothing is known that counts. */
  readonly unknown: number;
  /**
   * The lowest level of a node that is graded by its value. One below it stays free, so that a node
   * that loses a tie can step down and is still above `unknown` (Critical, High) or no lower than 0.
   */
  readonly bottom: number;
}

const PROTECTED: Levels = { unknown: 1, bottom: 3 };
const NEUTRAL: Levels = { unknown: 5, bottom: 1 };

export const LEVELS: Readonly<Record<Tier, Levels>> = {
  critical: PROTECTED,
  high: PROTECTED,
  normal: NEUTRAL,
  low: NEUTRAL,
  background: NEUTRAL,
};

/** The level of a value: equal steps from the tier's bottom at 0 to the top at 1; what is outside counts as the end it is beyond. */
export function gradedLevel(tier: Tier, value: number): number {
  const { bottom } = LEVELS[tier];
  return Math.max(bottom, Math.min(TOP_LEVEL, bottom + Math.floor(value * (TOP_LEVEL + 1 - bottom))));
}
