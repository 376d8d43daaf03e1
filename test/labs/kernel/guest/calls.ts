/** Calls of the agent, without the start of a `temper-cli` for each: it takes an emulated machine seconds. */
import { credentials } from '@grpc/grpc-js';
import { agentClient } from '../../../../agent/api/definition.ts';
import type { AgentClient } from '../../../../agent/api/generated/temper/agent/v1/Agent.ts';
import type { LabAgent } from './agent.ts';

export interface Calls {
  readonly client: AgentClient;
  /** Resolves when the agent has answered. */
  called(call: (done: (error: Error | null) => void) => unknown): Promise<void>;
}

export async function callsOf(agent: LabAgent): Promise<Calls> {
  const { grpc } = await agent.ports;
  return {
    client: agentClient(`127.0.0.1:${grpc}`, credentials.createInsecure(), {}),
    called: (call) =>
      new Promise((resolve, reject) => {
        call((error) => (error === null ? resolve() : reject(error)));
      }),
  };
}

/** What `temper-cli scheduler reload` asks for. */
export async function reload(agent: LabAgent): Promise<void> {
  const { client, called } = await callsOf(agent);
  await called((done) => client.ReloadScheduler({}, done)).finally(() => client.close());
}
