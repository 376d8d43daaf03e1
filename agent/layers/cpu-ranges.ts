import type { Demand } from './demand.ts';
import type { LayerName } from './desired.ts';
import type { Geometry } from './geometry.ts';

export type CpusRange = readonly [number, number];

/** The layers' CPUs, at least and at most, for a fence of `fenced` cores; null for Open layers. */
export function cpusRange(layer: LayerName, demand: Demand, fenced: number, machine: Geometry): CpusRange | null {
  const range = coresRange(layer, demand, fenced, machine);
  return range === null ? null : [range[0] * machine.threads, range[1] * machine.threads];
}

function coresRange(layer: LayerName, demand: Demand, fenced: number, machine: Geometry): CpusRange | null {
  const { cores, reserve, fenceable, floor } = machine;
  switch (layer) {
    case 'low':
    case 'background':
      return null;
    // A Confined layer may not have 0 as its maximum; without pods it demands nothing and so owns nothing.
    case 'critical-fenced':
      return fenced > 0 ? [fenced, fenced] : [0, 1];
    // What protected layers own nobody else may use: so never the reserve, and no more than a core while idle.
    case 'critical':
    case 'high':
      return [demand.pods > 0 ? Math.min(floor, fenceable) : 0, fenceable];
    case 'limited':
    case 'limited-low': {
      const ceiling = Math.ceil(demand.limitMilli / 1000 / machine.threads);
      return [demand.pods > 0 ? 1 : 0, Math.min(Math.max(1, ceiling), Math.max(1, fenceable))];
    }
    case 'host':
      return [reserve, hostMost(fenced, machine)];
    case 'rest': {
      const most = Math.max(0, Math.min(machine.quarter, cores - fenced - hostMost(fenced, machine)));
      return [Math.min(floor, most), most];
    }
    case 'system-pods':
    case 'normal-besteffort':
    case 'normal':
      return [0, cores];
  }
}

/** The reserve always; up to a quarter of the machine where the fence leaves it, and a core for the rest. */
function hostMost(fenced: number, { cores, reserve, quarter }: Geometry): number {
  return Math.max(reserve, Math.min(quarter, cores - fenced - 1));
}
