import { quote } from '../../host/quote.ts';
import { parseCpuList } from '../../machine/cpu-list.ts';
import { type Check, fail, notRead, pass } from '../check.ts';

/** The kernel lets no sched_ext scheduler in where CPUs are isolated from load balancing. */
export const isolatedCpus: Check = {
  id: 'TMP3024',
  name: 'isolated-cpus',
  judge({ cpu: { isolated } }) {
    if (isolated.kind === 'absent') return pass('the kernel tells of no isolated CPUs');
    if (isolated.kind === 'unreadable') return fail(`/sys/devices/system/cpu/isolated ${notRead(isolated)}`);
    const cpus = parseCpuList(isolated.text);
    if (cpus === null) return fail(`/sys/devices/system/cpu/isolated says ${quote(isolated.text)}, no list of CPUs`);
    return cpus.length > 0 ? fail(`CPU ${isolated.text} isolated`) : pass('no CPU is isolated');
  },
};
