import type { Tier } from '../../src/model/tier.ts';

export type UtilRange = readonly [number, number];

/** What of the layers is for the operator to choose. */
export interface LayerSettings {
  /** CPUs that are never fenced, at least 1; they are rounded up to whole physical cores. */
  readonly reserve: number;
  /**
   * CPU limits are not enforced while the scheduler is attached. `report` says so, `ceilings` holds the limited pods of
   * Normal, Low and Background together below the sum of their limits, `refuse` keeps a node with limited pods on stock.
   */
  readonly limits: 'report' | 'ceilings' | 'refuse';
  /** How long the fence must have fitted again before a demoted Critical tier is fenced again. */
  readonly demotionHoldMs: number;
  readonly sliceUs: Readonly<Record<Tier, number>>;
  /** A low upper bound makes a layer grow early; a high lower bound makes it give CPUs back early. */
  readonly utilRange: Readonly<Record<'critical' | 'high' | 'normal', UtilRange>>;
}

/**
 * A layer is a queue, first in, first out: a thread waits for the slices of all before it, and slices end at ticks. So
 * no tier's is longer than a tick of 250 Hz.
 */
const SLICE_US = 3_000;

export const DEFAULT_LAYER_SETTINGS: LayerSettings = {
  reserve: 1,
  limits: 'report',
  demotionHoldMs: 60_000,
  sliceUs: { critical: SLICE_US, high: SLICE_US, normal: SLICE_US, low: SLICE_US, background: 1_000 },
  utilRange: { critical: [0.4, 0.7], high: [0.4, 0.7], normal: [0.25, 0.5] },
};
