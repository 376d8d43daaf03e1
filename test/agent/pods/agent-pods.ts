import type { AgentPod } from '../../../agent/pods/agent-pod.ts';
import { uidOf } from '../cgroups/trees.ts';

/** A pod of the Normal tier; the label stands for its name and uid. */
export function agentPod(label: string | number, overrides: Partial<AgentPod> = {}): AgentPod {
  const uid = uidOf(label);
  return {
    uid,
    cgroupUid: uid,
    namespace: 'shop',
    name: String(label),
    tier: 'normal',
    tierReason: 'test',
    qos: 'Burstable',
    requestMilli: 100,
    specMilli: 100,
    disbelieved: null,
    limitMilli: null,
    containerIds: [],
    ...overrides,
  };
}
