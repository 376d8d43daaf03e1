import type { LayerName } from './desired.ts';
import type { Geometry } from './geometry.ts';

/** The most that scx_layered takes. */
export const MAX_WEIGHT = 10_000;

/** Parts of the pot; a layer that is not named is promised its CPUs and has the highest weight, or owns none. */
const PARTS: Partial<Record<LayerName, number>> = {
  high: 10,
  'system-pods': 4,
  normal: 4,
  limited: 4,
  'limited-low': 1,
  'normal-besteffort': 1,
};

const ALL_PARTS = Object.values(PARTS).reduce((sum, part) => sum + part, 0);

/** Open layers take no part in the division of CPUs. */
const UNUSED_WEIGHT = 1;

/** Eighths of the machine that the requests come to, 1 to 8: coarse, so that a small pod seldom moves a weight. */
export function eighths(requestMilli: number, cpus: number): number {
  return Math.min(8, Math.max(1, Math.ceil((8 * requestMilli) / (cpus * 1000))));
}

/**
 * A layer's weight. CPUs are divided in proportion to the weights, no layer getting more than it demands.
 * The fence, the host and the rest never demand more than there is, together, and must get all of it
 * whatever the others demand. With `MAX_WEIGHT` each and a pot of 5000 over the number of cores for all
 * others together, less than half a core is lost to them when the largest of the three is served, which
 * the division rounds away.
 */
export function weightOf(layer: LayerName, eighthsAsked: number, machine: Geometry): number {
  const part = PARTS[layer];
  if (part === undefined) return layer === 'low' || layer === 'background' ? UNUSED_WEIGHT : MAX_WEIGHT;
  const pot = MAX_WEIGHT / 2 / machine.cores;
  return Math.max(1, Math.floor((pot * part * eighthsAsked) / (ALL_PARTS * 8)));
}
