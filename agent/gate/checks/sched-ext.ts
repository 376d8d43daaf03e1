import { quote } from '../../host/quote.ts';
import { type Check, fail, notRead, pass } from '../check.ts';
import type { GateFacts } from '../facts.ts';
import { kernelOption } from '../kernel-config.ts';

export const SCHED_EXT_STATES: readonly string[] = ['disabled', 'enabling', 'enabled', 'disabling'];

/** Whether the running kernel has sched_ext: without it nothing else matters, so this one is asked first. */
export const schedExt: Check = {
  id: 'TMP3010',
  name: 'sched-ext',
  judge(facts) {
    const { state } = facts.schedExt;
    if (state.kind === 'absent') return absent(facts);
    if (state.kind === 'unreadable') return fail(`/sys/kernel/sched_ext/state ${notRead(state)}`);
    if (SCHED_EXT_STATES.includes(state.text)) return pass(`the kernel has sched_ext, ${state.text} now`);
    return fail(`/sys/kernel/sched_ext/state says ${quote(state.text)}, which is no known state`);
  },
};

function absent({ release, config }: GateFacts) {
  const kernel = release === null ? 'this kernel' : `kernel ${release}`;
  const option = config.kind === 'config' ? kernelOption(config.text, 'CONFIG_SCHED_CLASS_EXT') : undefined;
  if (option === 'y') {
    return fail(
      `${kernel} is built with sched_ext, but /sys/kernel/sched_ext/state is not there`,
      "Mount the host's /sys, and see whether the file that the kernel's config came from is the running kernel's.",
    );
  }
  if (option === 'n') return fail(`${kernel} has no sched_ext: it is built without CONFIG_SCHED_CLASS_EXT`);
  return fail(`${kernel} has no sched_ext: /sys/kernel/sched_ext/state is not there`);
}
