import { formatCpuList } from '../../machine/cpu-list.ts';
import { type Check, fail, pass } from '../check.ts';
import { cpuList } from './cpu-lists.ts';

/** scx_layered refuses holes in the numbers of CPUs. */
export const cpuIds: Check = {
  id: 'TMP3020',
  name: 'cpu-ids',
  judge({ cpu: { possible: file } }) {
    const possible = cpuList('possible', file);
    if ('problem' in possible) return fail(possible.problem);
    const hole = possible.cpus.findIndex((id, index) => id !== index);
    if (hole >= 0)
      return fail(
        `the numbers of CPUs have a hole: there is no CPU ${hole} (they are ${formatCpuList(possible.cpus)})`,
      );
    return pass('CPUs are numbered without holes');
  },
};
