import { quote } from '../../host/quote.ts';
import { type Check, type Finding, fail, notRead, pass, warn } from '../check.ts';
import type { GateFacts } from '../facts.ts';

/** With what scx_layered's name in `root/ops` begins; its version and platform follow. */
const OURS = 'layered_';

/** Whether the kernel's one place for a scheduler is free, or ours. Another's is left alone. */
export const schedulerFree: Check = {
  id: 'TMP3013',
  name: 'scheduler-free',
  judge(facts) {
    const { state, ops } = facts.schedExt;
    if (ops.kind === 'text' && ops.text !== '') return attached(ops.text);
    if (state.kind === 'absent' || (state.kind === 'text' && state.text === 'disabled')) {
      return pass('no sched_ext scheduler is attached');
    }
    if (state.kind === 'unreadable')
      return fail(`whether a scheduler is attached is not known: the state ${notRead(state)}`);
    if (state.text === 'enabling' || state.text === 'disabling') {
      return warn(`a sched_ext scheduler is on its way (${state.text})`, 'Nothing to do: it is asked again by itself.');
    }
    const why = ops.kind === 'text' ? 'is empty' : notRead(ops);
    return fail(`a sched_ext scheduler is attached, and whose is not known: /sys/kernel/sched_ext/root/ops ${why}`);
  },
};

function attached(name: string): Finding {
  return name.startsWith(OURS)
    ? pass(`scx_layered is attached (${quote(name)})`)
    : fail(`another sched_ext scheduler is attached: ${quote(name)}`);
}

/** Whether scx_layered is attached now: then it has had its memory already. */
export function isOursAttached({ schedExt: { ops } }: GateFacts): boolean {
  return ops.kind === 'text' && ops.text.startsWith(OURS);
}
