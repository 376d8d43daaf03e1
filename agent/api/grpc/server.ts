import { Server, ServerCredentials } from '@grpc/grpc-js';
import { TemperError } from '../../../src/model/errors.ts';
import { agentDefinition } from '../definition.ts';
import type { AgentFacade } from '../facade.ts';
import type { CallDeps } from './calls.ts';
import { agentHandlers } from './handlers.ts';
import { LIMITS } from './limits.ts';

export interface GrpcApi {
  readonly port: number;
  /** Lets calls finish for a moment, then breaks them. */
  stop(): Promise<void>;
}

/**
 * Serves `temper.agent.v1.Agent`, in plain text: it is bound to loopback, and who may forward a port
 * to the pod is decided by Kubernetes.
 *
 * @param address where to listen, e.g. `127.0.0.1:9101`; port 0 for a free one
 * @throws TemperError TMP1201 when it cannot listen
 */
export async function startGrpcApi(address: string, facade: AgentFacade, deps: CallDeps): Promise<GrpcApi> {
  const server = new Server({
    'grpc.max_receive_message_length': LIMITS.requestBytes,
    'grpc.max_send_message_length': LIMITS.responseBytes,
    'grpc.max_concurrent_streams': LIMITS.streams,
    'grpc.max_connection_idle_ms': LIMITS.idleMs,
  });
  server.addService(agentDefinition(), { ...agentHandlers(facade, deps) });
  const port = await bind(server, address);
  return { port, stop: () => stop(server, deps) };
}

async function bind(server: Server, address: string): Promise<number> {
  return await new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(new TemperError('TMP1201', `gRPC on ${address}: ${error.message.slice(0, 200)}`, { cause: error }));
    });
  });
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
