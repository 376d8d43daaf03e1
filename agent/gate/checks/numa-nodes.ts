import { formatCpuList } from '../../machine/cpu-list.ts';
import { fail, many, pass } from '../check.ts';
import { ofMachine } from './of-machine.ts';

/** As many as the arrays of scx_layered hold. */
const MAX_NODES = 32;

/** scx_layered refuses holes in the numbers of NUMA nodes. Those that hold memory only do not count. */
export const numaNodes = ofMachine('TMP3023', 'numa-nodes', ({ cpus }) => {
  const ids = [...new Set(cpus.map(({ node }) => node))].toSorted((a, b) => a - b);
  if (ids.some((id, index) => id !== index)) {
    return fail(`the numbers of NUMA nodes with CPUs have a hole: they are ${formatCpuList(ids)}`);
  }
  return ids.length > MAX_NODES
    ? fail(`${many(ids.length, 'NUMA node')}; scx_layered takes up to ${MAX_NODES}`)
    : pass(`${many(ids.length, 'NUMA node')}; scx_layered takes up to ${MAX_NODES}`);
});
