import { fail, notRead, type ProcessCheck, pass } from '../check.ts';

/** The number that the kernel gives the first PID namespace, since 3.8. */
const INITIAL = 'pid:[4026531836]';

/** The scheduler and the agent name tasks by the host's process ids. */
export const pidNamespace: ProcessCheck = {
  id: 'TMP3027',
  name: 'pid-namespace',
  judge({ pidNamespace: own, secondComm }) {
    if (own.kind === 'text' && own.text !== INITIAL)
      return fail("the agent has a PID namespace of its own, not the host's");
    if (secondComm.kind === 'text' && secondComm.text === 'kthreadd')
      return pass("the agent sees the host's processes");
    if (secondComm.kind === 'unreadable') return fail(`/proc/2/comm ${notRead(secondComm)}`);
    return fail("/proc is not the host's: process 2 is not the kernel's kthreadd");
  },
};
