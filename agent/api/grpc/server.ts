import { type AddressInfo, createServer, type Socket } from 'node:net';
import { TemperError } from '../../../src/model/errors.ts';
import type { AgentFacade } from '../facade.ts';
import type { CallDeps } from './calls.ts';
import type { GrpcService } from './service.ts';

export interface GrpcApi {
  readonly port: number;
  /** Lets calls finish for a moment, then breaks them. */
  stop(): Promise<void>;
}

/**
 * Serves `temper.agent.v1.Agent`, in plain text: it is bound to loopback, and who may forward a port
 * to the pod is decided by Kubernetes.
 *
 * The port is there from the start. gRPC itself, a sixth of the agent's memory, is loaded when somebody
 * connects: on most nodes nobody ever does. It is part of the program's file, so that this needs no
 * descriptor and no disk.
 *
 * @param address where to listen, e.g. `127.0.0.1:9101`; port 0 for a free one
 * @throws TemperError TMP1201 when it cannot listen
 */
export async function startGrpcApi(address: string, facade: AgentFacade, deps: CallDeps): Promise<GrpcApi> {
  const { observer } = deps;
  const waiting = new Set<Socket>();
  let loading: Promise<GrpcService> | null = null;

  const load = async (): Promise<GrpcService> => {
    const { createGrpcService } = await import('./service.ts');
    return createGrpcService(facade, deps);
  };

  const accept = async (socket: Socket): Promise<void> => {
    waiting.add(socket);
    // Until gRPC listens to it: a connection may break at any time.
    socket.on('error', () => {});
    try {
      loading ??= load();
      const service = await loading;
      if (waiting.has(socket) && !socket.destroyed) service.take(socket);
    } catch (error) {
      loading = null;
      observer.failed(error);
      socket.destroy();
    } finally {
      waiting.delete(socket);
    }
  };

  const listener = createServer((socket) => void accept(socket));
  const port = await new Promise<number>((resolve, reject) => {
    listener.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new TemperError('TMP1201', `gRPC on ${address}: ${cause.code ?? 'unknown'}`, { cause }));
    });
    const { hostname: host, port } = new URL(`tcp://${address}`);
    listener.listen({ host, port: Number(port) }, () => resolve((listener.address() as AddressInfo).port));
  });
  // Accepting may fail later, as without descriptors: the next one may succeed.
  listener.on('error', () => {});

  return {
    port,
    async stop() {
      listener.close();
      for (const socket of waiting) socket.destroy();
      waiting.clear();
      await (await loading)?.stop();
    },
  };
}
