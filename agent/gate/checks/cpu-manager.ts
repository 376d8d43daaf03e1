import { z } from 'zod';
import { quote } from '../../host/quote.ts';
import { type Check, fail, notRead, pass, warn } from '../check.ts';

/** What the kubelet leaves in its state file; the rest of it is of no concern here. */
const STATE = z.object({ policyName: z.string() });

/**
 * Under the static policy the kubelet pins Guaranteed pods to CPUs. Tasks that are pinned to a part of a NUMA node end
 * in scx_layered's lowest queue: the best pods would be served worst.
 */
export const cpuManager: Check = {
  id: 'TMP3025',
  name: 'cpu-manager',
  judge({ cpuManager: file }) {
    if (file.kind === 'absent')
      return pass('no cpu_manager_state is in /var/lib/kubelet: no kubelet runs here, or its files are elsewhere');
    if (file.kind === 'unreadable') return warn(`not known: cpu_manager_state ${notRead(file)}`);
    const policy = policyOf(file.text);
    if (policy === null) return fail("the kubelet's cpu_manager_state is not understood");
    if (policy === 'none') return pass('the kubelet pins no pod to CPUs');
    if (policy === 'static') return fail("the kubelet's CPU manager policy is static");
    return fail(`the kubelet's CPU manager policy is ${quote(policy)}, which temper does not know`);
  },
};

function policyOf(text: string): string | null {
  try {
    return STATE.parse(JSON.parse(text)).policyName;
  } catch {
    return null;
  }
}
