import { type Check, pass, warn } from '../check.ts';
import { SHOWN_KERNELS } from '../shown.ts';

export const testedKernel: Check = {
  id: 'TMP3090',
  name: 'tested-kernel',
  judge({ release }) {
    const shown = SHOWN_KERNELS.map(({ minor }) => minor);
    const seen = `shown to work: ${shown.join(', ')}`;
    const minor = /^\d+\.\d+(?!\d)/.exec(release ?? '')?.[0];
    if (minor === undefined) return warn(`untested: the kernel's version is not known; ${seen}`);
    return shown.includes(minor) ? pass(`kernels ${minor} are tested`) : warn(`untested: kernel ${minor}; ${seen}`);
  },
};
