import { LAYERS, type LayerName } from './desired.ts';

/** What of a layer cannot change while the scheduler runs. */
export interface LayerSpec {
  /** Confined: tasks run on its CPUs only. Grouped: they spill to idle CPUs. Open: it owns none and runs where there is room. */
  readonly kind: 'Confined' | 'Grouped' | 'Open';
  /** Other layers may not use the CPUs it owns. */
  readonly isProtected: boolean;
  /** Its tasks displace running ones of layers that do not preempt. */
  readonly preempts: boolean;
  /** Its running tasks keep the other hardware threads of their core idle. */
  readonly isExclusive: boolean;
}

const shielded: LayerSpec = { kind: 'Grouped', isProtected: true, preempts: true, isExclusive: false };
const privileged: LayerSpec = { kind: 'Grouped', isProtected: false, preempts: true, isExclusive: false };
const plain: LayerSpec = { kind: 'Grouped', isProtected: false, preempts: false, isExclusive: false };
const held: LayerSpec = { kind: 'Confined', isProtected: false, preempts: false, isExclusive: false };
const open: LayerSpec = { kind: 'Open', isProtected: false, preempts: false, isExclusive: false };

export const LAYER_SPECS: Readonly<Record<LayerName, LayerSpec>> = {
  'critical-fenced': { kind: 'Confined', isProtected: true, preempts: true, isExclusive: true },
  critical: shielded,
  high: shielded,
  limited: held,
  'limited-low': held,
  low: open,
  'system-pods': privileged,
  'normal-besteffort': plain,
  host: privileged,
  background: open,
  normal: plain,
  rest: privileged,
};

const INDEXES = Object.fromEntries(LAYERS.map((name, index) => [name, index])) as Readonly<Record<LayerName, number>>;

/** The layer's place in the config. */
export function layerIndex(name: LayerName): number {
  return INDEXES[name];
}

/** A value for each layer. */
export function forEachLayer<T>(value: (name: LayerName) => T): Record<LayerName, T> {
  return Object.fromEntries(LAYERS.map((name) => [name, value(name)])) as Record<LayerName, T>;
}
