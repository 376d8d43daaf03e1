import { type Check, fail, many, pass, warn } from '../check.ts';

/** As many as the arrays of scx_layered hold. */
const MAX_LLCS = 64;

export const llcCount: Check = {
  id: 'TMP3022',
  name: 'llc-count',
  judge({ cpu: { machine: reading } }) {
    if ('problem' in reading)
      return warn('not known: the CPUs are not understood', 'Mend topology (TMP3018), then ask again.');
    const { llcs } = reading.machine;
    return llcs > MAX_LLCS
      ? fail(`${many(llcs, 'last-level cache')}; scx_layered takes up to ${MAX_LLCS}`)
      : pass(`${many(llcs, 'last-level cache')}; scx_layered takes up to ${MAX_LLCS}`);
  },
};
