import { formatCpuList } from '../../machine/cpu-list.ts';
import { type Check, fail, pass } from '../check.ts';
import { cpuList } from './cpu-lists.ts';

/** scx_layered panics at start where a CPU that the kernel has room for is not online. */
export const cpusOnline: Check = {
  id: 'TMP3019',
  name: 'cpus-online',
  judge({ cpu }) {
    const possible = cpuList('possible', cpu.possible);
    const online = cpuList('online', cpu.online);
    if ('problem' in possible) return fail(possible.problem);
    if ('problem' in online) return fail(online.problem);
    const known = new Set(online.cpus);
    const off = possible.cpus.filter((id) => !known.has(id));
    if (off.length > 0) return fail(`CPU ${formatCpuList(off)} offline`);
    return pass('all possible CPUs are online');
  },
};
