import { quote } from '../../host/quote.ts';
import { type Check, fail, notRead, pass } from '../check.ts';

/** scx_layered reads the hotplug counter before it attaches, and ends where there is none. */
export const hotplugSeq: Check = {
  id: 'TMP3012',
  name: 'hotplug-seq',
  judge({ schedExt: { state, hotplugSeq: file } }) {
    if (state.kind === 'absent')
      return fail('there is no sched_ext, so no hotplug counter', 'What mends sched-ext (TMP3010) mends this.');
    if (file.kind !== 'text') return fail(`/sys/kernel/sched_ext/hotplug_seq ${notRead(file)}`);
    if (!/^\d+$/.test(file.text)) return fail(`/sys/kernel/sched_ext/hotplug_seq says ${quote(file.text)}, no number`);
    return pass('the kernel counts CPU hotplug');
  },
};
