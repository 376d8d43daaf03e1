import {
  type ChannelCredentials,
  type ClientOptions,
  logVerbosity,
  makeClientConstructor,
  setLogVerbosity,
} from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { DESCRIPTOR } from './generated/descriptor.ts';
import type { AgentClient, AgentDefinition } from './generated/temper/agent/v1/Agent.ts';

export const SERVICE = 'temper.agent.v1.Agent';

/** The same as the generator of the types is run with. */
const OPTIONS = { longs: Number, defaults: true };

/** The service with its messages, from the descriptor that is part of the program. */
export function agentDefinition(): AgentDefinition {
  // The library would write to stderr by itself; all that it knows also comes back as an error.
  setLogVerbosity(logVerbosity.NONE);
  return fromJSON(DESCRIPTOR as Parameters<typeof fromJSON>[0], OPTIONS)[SERVICE] as unknown as AgentDefinition;
}

/** A client of an agent. It connects with the first call. */
export function agentClient(address: string, credentials: ChannelCredentials, options: ClientOptions): AgentClient {
  const Client = makeClientConstructor(agentDefinition(), SERVICE);
  return new Client(address, credentials, options) as unknown as AgentClient;
}
