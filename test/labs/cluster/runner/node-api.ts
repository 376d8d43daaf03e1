import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { KeyPair } from '../../../support/certificates.ts';
import { KUBELET_CLIENT } from '../plane/credentials.ts';
import { sendLog } from './container-logs.ts';
import { forwardPort } from './port-forward.ts';
import { Refusal } from './refusal.ts';
import type { RunningPod } from './run-pod.ts';

/** What a kubelet answers to the API server, for every node of the lab. */

export interface NodeApiDeps {
  readonly address: string;
  readonly port: number;
  /** By which it is known. */
  readonly pair: KeyPair;
  /** PEM: whom it believes. */
  readonly ca: string;
  /** @param key namespace/name */
  find(key: string): Promise<RunningPod | null>;
  readonly say: (text: string) => void;
}

export interface NodeApi {
  readonly port: number;
  close(): void;
}

/** Resolves when it listens. */
export async function serveNodeApi({ address, port, pair, ca, find, say }: NodeApiDeps): Promise<NodeApi> {
  // Without a certificate is no error of TLS: as a kubelet, it answers that it does not know who asks.
  const options = { ...pair, ca, requestCert: true, rejectUnauthorized: false };
  const server = createServer(options, (request, response) => {
    answer(request, response, find).catch((error: Error) => {
      if (error instanceof Refusal) return void response.writeHead(error.status).end(error.message);
      say(`kubelet: ${request.url}: ${error.message}`);
      response.destroy();
    });
  });
  server.on('upgrade', (request: IncomingMessage, socket: TLSSocket) => {
    forward(request, socket, find).catch((error: Error) => {
      const status = error instanceof Refusal ? error.status : 500;
      socket.end(`HTTP/1.1 ${status} Refused\r\nconnection: close\r\n\r\n${error.message}`);
    });
  });
  server.listen(port, address);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, find: NodeApiDeps['find']): Promise<void> {
  mayAsk(request.socket as TLSSocket);
  const { what, pod, container, searchParams } = await read(request, find);
  if (what !== 'containerLogs') throw new Refusal(404, '404 page not found');
  sendLog(pod, container, searchParams, response);
}

async function forward(request: IncomingMessage, socket: TLSSocket, find: NodeApiDeps['find']): Promise<void> {
  mayAsk(socket);
  const { what, pod, searchParams } = await read(request, find);
  if (what !== 'portForward') throw new Refusal(404, '404 page not found');
  forwardPort(pod, searchParams, request, socket);
}

/** `/WHAT/NAMESPACE/POD/CONTAINER` */
async function read({ url = '/' }: IncomingMessage, find: NodeApiDeps['find']) {
  const { pathname, searchParams } = new URL(url, 'https://kubelet');
  const [what = '', namespace = '', name = '', container = ''] = pathname.split('/').slice(1).map(decodeURIComponent);
  const pod = await find(`${namespace}/${name}`);
  if (pod === null) throw new Refusal(404, `pod "${name}" does not exist`);
  return { what, pod, container, searchParams };
}

/** @throws Refusal for everybody but the API server */
function mayAsk(socket: TLSSocket): void {
  if (!socket.authorized) throw new Refusal(401, 'Unauthorized');
  if (socket.getPeerCertificate().subject.CN !== KUBELET_CLIENT) throw new Refusal(403, 'Forbidden');
}
