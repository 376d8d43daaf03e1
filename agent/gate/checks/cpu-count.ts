import { type Check, fail, pass } from '../check.ts';
import { cpuList } from './cpu-lists.ts';

/** As many as the arrays of scx_layered hold. */
const MAX_CPUS = 512;

export const cpuCount: Check = {
  id: 'TMP3021',
  name: 'cpu-count',
  judge({ cpu: { possible: file } }) {
    const possible = cpuList('possible', file);
    if ('problem' in possible) return fail(possible.problem);
    const count = possible.cpus.length;
    return count > MAX_CPUS
      ? fail(`${count} CPUs; scx_layered takes up to ${MAX_CPUS}`)
      : pass(`${count} CPUs; scx_layered takes up to ${MAX_CPUS}`);
  },
};
