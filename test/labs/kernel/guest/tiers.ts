/** Tiers set by hand, without the start of a `temper-cli` for each: it takes an emulated machine seconds. */
import { credentials } from '@grpc/grpc-js';
import { agentClient } from '../../../../agent/api/definition.ts';
import type { AgentClient } from '../../../../agent/api/generated/temper/agent/v1/Agent.ts';
import type { Tier } from '../../../../src/model/tier.ts';
import type { LabAgent } from './agent.ts';
import { NAMESPACE } from './api.ts';

export interface Tiers {
  /** Resolves when the agent has answered. */
  set(pod: string, tier: Tier): Promise<void>;
  clear(pod: string): Promise<void>;
  close(): void;
}

export async function tiersOf(agent: LabAgent): Promise<Tiers> {
  const { grpc } = await agent.ports;
  const client: AgentClient = agentClient(`127.0.0.1:${grpc}`, credentials.createInsecure(), {});
  const called = (call: (done: (error: Error | null) => void) => unknown): Promise<void> =>
    new Promise((resolve, reject) => {
      call((error) => (error === null ? resolve() : reject(error)));
    });
  const podOf = (name: string) => ({ namespace: NAMESPACE, name });
  return {
    set: (pod, tier) => called((done) => client.SetQos({ pod: podOf(pod), tier }, done)),
    clear: (pod) => called((done) => client.ClearQos({ pod: podOf(pod) }, done)),
    close: () => client.close(),
  };
}
