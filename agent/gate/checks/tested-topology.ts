import type { Machine } from '../../machine/machine.ts';
import { many, pass, warn } from '../check.ts';
import { SHOWN_MACHINES, type ShownMachine } from '../shown.ts';
import { ofMachine } from './of-machine.ts';

export const testedTopology = ofMachine('TMP3091', 'tested-topology', (machine) => {
  if (SHOWN_MACHINES.some((shown) => isLike(machine, shown))) return pass('machines like this one are tested');
  const { cpus, ...rest } = machine;
  const own = [many(cpus.length, 'CPU'), ...others(rest)].join(', ');
  return warn(`untested: ${own}; shown to work: ${SHOWN_MACHINES.map(describe).join('; ')}`);
});

/** The same but for the number of CPUs, and that of the same class: 2, 3 to 4, 5 to 8 and so on. */
export function isLike(
  {
    cpus,
    threads,
    llcs,
    nodes,
  }: Pick<Machine, 'threads' | 'llcs' | 'nodes'> & { readonly cpus: { readonly length: number } },
  shown: ShownMachine,
): boolean {
  const sameClass = cpus.length <= shown.cpus && cpus.length > shown.cpus / 2;
  return sameClass && threads === shown.threads && llcs === shown.llcs && nodes === shown.nodes;
}

function describe({ cpus, ...rest }: ShownMachine): string {
  const from = Math.floor(cpus / 2) + 1;
  return [from === cpus ? many(cpus, 'CPU') : `${from} to ${many(cpus, 'CPU')}`, ...others(rest)].join(', ');
}

/** What there is more than one of. */
function others({ threads, llcs, nodes }: Pick<ShownMachine, 'threads' | 'llcs' | 'nodes'>): string[] {
  return [
    ...(threads > 1 ? [`${threads} threads a core`] : []),
    ...(llcs > 1 ? [many(llcs, 'last-level cache')] : []),
    ...(nodes > 1 ? [many(nodes, 'NUMA node')] : []),
  ];
}
