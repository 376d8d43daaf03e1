/** Tiers set by hand. */
import type { Tier } from '../../../../src/model/tier.ts';
import type { LabAgent } from './agent.ts';
import { NAMESPACE } from './api.ts';
import { callsOf } from './calls.ts';

export interface Tiers {
  /** Resolves when the agent has answered. */
  set(pod: string, tier: Tier): Promise<void>;
  clear(pod: string): Promise<void>;
  close(): void;
}

export async function tiersOf(agent: LabAgent): Promise<Tiers> {
  const { client, called } = await callsOf(agent);
  const podOf = (name: string) => ({ namespace: NAMESPACE, name });
  return {
    set: (pod, tier) => called((done) => client.SetQos({ pod: podOf(pod), tier }, done)),
    clear: (pod) => called((done) => client.ClearQos({ pod: podOf(pod) }, done)),
    close: () => client.close(),
  };
}
