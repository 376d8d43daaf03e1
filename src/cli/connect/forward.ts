import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { KubeConfig } from '@kubernetes/client-node';
import type { ServerAccess } from '../../kube/access.ts';
import { TemperError } from '../../model/errors.ts';
import type { Way } from './agent.ts';
import type { AgentPod } from './find-agent.ts';

/** What the kubelet says of a stream that breaks is one sentence. */
const MAX_COMPLAINT = 1_000;

/**
 * Forwards a port of a pod through the API server. It listens on a socket in a folder that only this
 * user may enter, since whoever can connect speaks with this user's rights; on Windows on loopback.
 */
export async function forward(access: ServerAccess, pod: AgentPod, port: number, signal: AbortSignal): Promise<Way> {
  const { PortForward } = await import('./port-forward.ts');
  // Loading that takes its time: nothing is made for a caller who has left.
  signal.throwIfAborted();
  const forwarder = new PortForward(configOf(access));
  let problem: TemperError | null = null;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const complaint = new Writable({
      write(chunk: Buffer, _encoding, done) {
        done();
        // The stream begins with the number of the port, of which the library leaves nothing.
        if (chunk.length === 0) return;
        problem ??= new TemperError('TMP3222', `${pod.name}: ${chunk.toString('utf8').slice(0, MAX_COMPLAINT)}`);
        socket.destroy();
      },
    });
    forwarder.portForward(pod.namespace, pod.name, [port], socket, complaint, socket).then(
      (stream) => {
        if (typeof stream !== 'function') stream.onclose = () => socket.destroy();
        socket.once('close', () => typeof stream !== 'function' && stream.close());
      },
      (error: unknown) => {
        problem ??= refusedForward(error);
        socket.destroy();
      },
    );
  });
  const { address, remove } = await listenPrivately(server);
  return {
    address,
    problem: () => problem,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      remove();
    },
  };
}

async function listenPrivately(server: Server): Promise<{ readonly address: string; remove(): void }> {
  if (platform() === 'win32') {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, remove: () => {} };
  }
  // Made with rights for its owner alone.
  const folder = mkdtempSync(join(tmpdir(), 'temper-cli-'));
  const path = join(folder, 'agent');
  server.listen(path);
  await once(server, 'listening');
  return { address: `unix:${path}`, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The two things that the library's web sockets ask of a KubeConfig, from the credentials that all else uses. */
function configOf(access: ServerAccess): KubeConfig {
  const config = {
    getCurrentCluster: () => ({ name: '', server: access.server.href.replace(/\/+$/, ''), skipTLSVerify: false }),
    applyToHTTPSOptions: async (options: RequestOptions): Promise<void> => {
      const { headers, tls, auth, proxy } = await access.credentials();
      Object.assign(options, tls, { headers: { ...headers } });
      if (auth !== undefined) options.auth = auth;
      if (proxy !== undefined) options.agent = proxy;
    },
  };
  return config as unknown as KubeConfig;
}

/** The web socket tells the API server's status only in its message. */
function refusedForward(error: unknown): TemperError {
  const { message } = error as { message?: unknown };
  const text =
    typeof message === 'string' ? message.slice(0, MAX_COMPLAINT) : 'the API server did not open the port-forward';
  const status = /Unexpected server response: (\d{3})/.exec(text)?.[1];
  if (status === '401') return new TemperError('TMP3224', 'pods/portforward');
  if (status === '403') return new TemperError('TMP3225', 'pods/portforward');
  return new TemperError('TMP3222', `port-forward: ${text}`);
}
