import { quote } from '../../host/quote.ts';
import { type Check, fail, pass, warn } from '../check.ts';
import { kernelOption } from '../kernel-config.ts';

/** Whether the kernel was built with sched_ext. Its version proves nothing: some leave it out of their 6.12. */
export const schedClassExt: Check = {
  id: 'TMP3011',
  name: 'sched-class-ext',
  judge({ config }) {
    if (config.kind === 'none')
      return warn('not known: the kernel config is not readable', 'Mend kernel-config (TMP3015), then ask again.');
    const value = kernelOption(config.text, 'CONFIG_SCHED_CLASS_EXT');
    if (value === 'y') return pass(`CONFIG_SCHED_CLASS_EXT=y in ${config.path}`);
    if (value === 'n') return fail(`CONFIG_SCHED_CLASS_EXT is not set in ${config.path}`);
    if (value === null) return fail(`${config.path} does not know CONFIG_SCHED_CLASS_EXT`);
    return fail(`CONFIG_SCHED_CLASS_EXT is ${quote(value)} in ${config.path}`);
  },
};
