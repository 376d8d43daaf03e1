import type { Socket } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { agentDefinition } from '../definition.ts';
import type { AgentFacade } from '../facade.ts';
import type { CallDeps } from './calls.ts';
import { agentHandlers } from './handlers.ts';
import { LIMITS } from './limits.ts';

export interface GrpcService {
  /** Speaks gRPC on a connection that somebody else has accepted. */
  take(socket: Socket): void;
  /** Lets calls finish for a moment, then breaks them. */
  stop(): Promise<void>;
}

/** `temper.agent.v1.Agent`. This module and all below it are loaded with the first connection: see `server.ts`. */
export function createGrpcService(facade: AgentFacade, deps: CallDeps): GrpcService {
  const server = new Server({
    'grpc.max_receive_message_length': LIMITS.requestBytes,
    'grpc.max_send_message_length': LIMITS.responseBytes,
    'grpc.max_concurrent_streams': LIMITS.streams,
    'grpc.max_connection_idle_ms': LIMITS.idleMs,
  });
  server.addService(agentDefinition(), { ...agentHandlers(facade, deps) });
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return {
    take: (socket) => injector.injectConnection(socket),
    stop: () => stop(server, deps),
  };
}

async function stop(server: Server, { clock }: CallDeps): Promise<void> {
  await new Promise<void>((resolve) => {
    const takeBack = clock.after(LIMITS.drainMs, () => {
      server.forceShutdown();
      resolve();
    });
    server.tryShutdown(() => {
      takeBack();
      resolve();
    });
  });
}
