import { type Check, fail, pass } from '../check.ts';
import { missingSymbols } from '../kernel-config.ts';

/** The load fails with "Invalid argument" where the kernel's config cannot be read. */
export const kernelConfig: Check = {
  id: 'TMP3015',
  name: 'kernel-config',
  judge({ config }) {
    if (config.kind === 'none') return fail(`the kernel config is not readable: ${config.why}`);
    const missing = missingSymbols(config.text);
    if (missing.length > 0) return fail(`${config.path} does not define ${missing.join(', ')}`);
    return pass(`the kernel config is read from ${config.path}`);
  },
};
