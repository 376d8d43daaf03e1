import type { NodeOptions } from '../../test/standin/cluster.ts';
import type { Draw } from './draw.ts';

/** Shapes as clouds sell them for general use: 4 GiB for each hardware thread, two threads a core. */
const SHAPES = [
  { weight: 6, cores: 8 },
  { weight: 3, cores: 16 },
  { weight: 1, cores: 32 },
] as const;

const ZONES = ['zone-a', 'zone-b', 'zone-c'] as const;
const GIB_PER_CORE = 4;
const THREADS = 2;

/** Nodes of a general-purpose fleet in three zones, each with a simulated agent that keeps one core open. */
export function makeNodes(count: number, draw: Draw): NodeOptions[] {
  return Array.from({ length: count }, (_, index) => {
    const { cores } = draw.weighted(SHAPES);
    return {
      name: `node-${String(index + 1).padStart(3, '0')}`,
      cores,
      memory: `${cores * GIB_PER_CORE}Gi`,
      zone: ZONES[index % ZONES.length] ?? 'zone-a',
      threads: THREADS,
      reserveCores: 1,
    };
  });
}
