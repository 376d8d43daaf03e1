import { type Check, fail, many, pass } from '../check.ts';

/** Layers are computed for the machine that sysfs describes. */
export const topology: Check = {
  id: 'TMP3018',
  name: 'topology',
  judge({ cpu: { machine: reading } }) {
    if ('problem' in reading) return fail(`the CPUs are not understood: ${reading.problem}`);
    const { cpus, cores, llcs, nodes } = reading.machine;
    return pass(
      `${many(cpus.length, 'CPU')}, ${many(cores, 'core')}, ${many(llcs, 'last-level cache')}, ${many(nodes, 'NUMA node')}`,
    );
  },
};
