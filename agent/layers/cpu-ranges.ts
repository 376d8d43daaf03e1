import type { Demand } from './demand.ts';
import type { LayerName } from './desired.ts';
import type { Geometry } from './geometry.ts';

export type CpusRange = readonly [number, number];

/** The layers' CPUs, at least and at most, for a fence of `fenced` cores; null for Open layers. */
export function cpusRange(layer: LayerName, demand: Demand, fenced: number, machine: Geometry): CpusRange | null {
  const range = coresRange(layer, demand, fenced, machine);
  return range === null ? null : [range[0] * machine.threads, range[1] * machine.threads];
}

/** Their tasks run nowhere else, so these own a CPU whatever is left. */
const CONFINED: readonly LayerName[] = ['limited', 'limited-low'];
/** In the order in which they own what is left beside a fence. */
const GROUPED: readonly LayerName[] = ['high', 'normal', 'system-pods', 'normal-besteffort'];

/**
 * Layers that may own no CPU beside a fence of `fenced` cores. Whatever the weights, scx_layered gives each layer that
 * demands something a core, from the one that has the most: so beside a fence no more layers may demand one than there
 * are cores that nobody was promised. Normal counts without a pod too: those that nobody knows yet run there.
 */
export function withoutCpus(
  demand: Readonly<Record<LayerName, Demand>>,
  fenced: number,
  machine: Geometry,
): ReadonlySet<LayerName> {
  if (fenced === 0) return new Set();
  const host = hostMost(fenced, machine);
  const room = machine.cores - fenced - host - restMost(fenced, machine);
  const confined = CONFINED.filter((layer) => demand[layer].pods > 0).length;
  const wanting = GROUPED.filter((layer) => layer === 'normal' || demand[layer].pods > 0);
  return new Set(wanting.slice(Math.max(0, room - confined)));
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
      const most = restMost(fenced, machine);
      return [Math.min(floor, most), most];
    }
    case 'system-pods':
    case 'normal-besteffort':
    case 'normal':
      return [0, cores];
  }
}

/** The reserve always; up to a quarter of the machine where the fence and the tiers leave it. */
function hostMost(fenced: number, { cores, reserve, quarter }: Geometry): number {
  return Math.max(reserve, Math.min(quarter, cores - fenced - 1 - kept(fenced)));
}

/** Its first core where the fence and the host leave it, more where the tiers do too. */
function restMost(fenced: number, machine: Geometry): number {
  const { cores, quarter, floor } = machine;
  const left = cores - fenced - hostMost(fenced, machine);
  return Math.max(0, Math.min(floor, left), Math.min(quarter, left - kept(fenced)));
}

/** Cores that the host and the rest leave to others beside a fence: one for each layer that is not Confined. */
function kept(fenced: number): number {
  return fenced > 0 ? GROUPED.length : 0;
}
