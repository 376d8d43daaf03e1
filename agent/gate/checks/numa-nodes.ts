import { formatCpuList } from '../../machine/cpu-list.ts';
import { type Check, fail, many, pass, warn } from '../check.ts';

/** As many as the arrays of scx_layered hold. */
const MAX_NODES = 32;

/** scx_layered refuses holes in the numbers of NUMA nodes. Those that hold memory only do not count. */
export const numaNodes: Check = {
  id: 'TMP3023',
  name: 'numa-nodes',
  judge({ cpu: { machine: reading } }) {
    if ('problem' in reading)
      return warn('not known: the CPUs are not understood', 'Mend topology (TMP3018), then ask again.');
    const ids = [...new Set(reading.machine.cpus.map(({ node }) => node))].toSorted((a, b) => a - b);
    if (ids.some((id, index) => id !== index)) {
      return fail(`the numbers of NUMA nodes with CPUs have a hole: they are ${formatCpuList(ids)}`);
    }
    return ids.length > MAX_NODES
      ? fail(`${many(ids.length, 'NUMA node')}; scx_layered takes up to ${MAX_NODES}`)
      : pass(`${many(ids.length, 'NUMA node')}; scx_layered takes up to ${MAX_NODES}`);
  },
};
