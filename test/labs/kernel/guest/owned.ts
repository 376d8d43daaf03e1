import { layerStatistics } from './truth.ts';

/** How many CPUs each layer owns, as scx_layered says. */
export async function ownedCpus(): Promise<Record<string, number>> {
  return Object.fromEntries([...(await layerStatistics())].map(([name, { cur_nr_cpus: cpus }]) => [name, cpus]));
}

/** Those that own any, for people to read. */
export function describeOwned(layers: Readonly<Record<string, number>>): string {
  return Object.entries(layers)
    .filter(([, cpus]) => cpus > 0)
    .map(([layer, cpus]) => `${layer} ${cpus}`)
    .join(', ');
}
