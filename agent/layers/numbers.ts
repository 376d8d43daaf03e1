import type { Matching } from '../scheduler/scheduler.ts';
import { cpusRange, withoutCpus } from './cpu-ranges.ts';
import type { Demand } from './demand.ts';
import type { LayerName, LayerNumbers } from './desired.ts';
import type { Geometry } from './geometry.ts';
import { forEachLayer, LAYER_SPECS } from './layer-specs.ts';
import type { LayerSettings, UtilRange } from './settings.ts';
import { eighths, weightOf } from './weights.ts';

/** Kernel threads, daemons and system pods work in short bursts and wait for nobody long. */
const SYSTEM_SLICE_US = 3_000;

export interface NumbersInput {
  readonly demand: Readonly<Record<LayerName, Demand>>;
  /** Cores of the fence; 0 where there is none. */
  readonly fenced: number;
  readonly machine: Geometry;
  readonly settings: LayerSettings;
  readonly matching: Matching;
}

/** The numbers of each layer. */
export function layerNumbers(input: NumbersInput): Readonly<Record<LayerName, LayerNumbers>> {
  const { demand, fenced, machine, settings, matching } = input;
  const without = withoutCpus(demand, fenced, machine);
  return forEachLayer((layer) => {
    // The stock binary is restarted for each change, and a restart costs more than a weight that is a little off.
    const asked = matching === 'prefixes' ? 8 : eighths(demand[layer].requestMilli, machine.cpus);
    return {
      weight: weightOf(layer, asked, machine),
      cpusRange: without.has(layer) ? [0, 0] : cpusRange(layer, demand[layer], fenced, machine),
      utilRange: LAYER_SPECS[layer].kind === 'Open' ? null : utilRange(layer, settings),
      sliceUs: sliceUs(layer, settings),
    };
  });
}

function utilRange(layer: LayerName, { utilRange: ranges }: LayerSettings): UtilRange {
  if (layer === 'critical-fenced' || layer === 'critical') return ranges.critical;
  return layer === 'high' ? ranges.high : ranges.normal;
}

function sliceUs(layer: LayerName, { sliceUs: slices }: LayerSettings): number {
  switch (layer) {
    case 'critical-fenced':
    case 'critical':
      return slices.critical;
    case 'high':
      return slices.high;
    case 'limited':
    case 'normal-besteffort':
    case 'normal':
      return slices.normal;
    case 'limited-low':
    case 'low':
      return slices.low;
    case 'background':
      return slices.background;
    case 'system-pods':
    case 'host':
    case 'rest':
      return SYSTEM_SLICE_US;
  }
}
