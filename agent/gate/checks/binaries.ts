import { basename } from 'node:path';
import { fail, type ProcessCheck, pass } from '../check.ts';

export const schedulerBinary: ProcessCheck = {
  id: 'TMP3030',
  name: 'scheduler-binary',
  judge({ scheduler: { path, problem } }) {
    return problem === null ? pass(`${path} can be run`) : fail(`scx_layered is not to be had: ${path}: ${problem}`);
  },
};

/** setpriv ties the scheduler's life to the agent's. The one of busybox cannot. */
export const setpriv: ProcessCheck = {
  id: 'TMP3031',
  name: 'setpriv',
  judge({ setpriv: { path, problem, realPath } }) {
    if (problem !== null) return fail(`setpriv is not to be had: ${path}: ${problem}`);
    if (realPath !== null && basename(realPath) === 'busybox') {
      return fail(`${path} is busybox, whose setpriv cannot tie the scheduler's life to the agent's`);
    }
    return pass(`${path} can be run`);
  },
};
