import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { statusObject } from './faulty-api.ts';

/**
 * - `open`: everything passes.
 * - `refused`: connections are reset, those that stand and those that come.
 * - `silent`: what is sent is taken, and nothing is ever said again: dead TCP.
 * - `errors`: streams are cut, and each request is answered with 500.
 */
export const API_MODES = ['open', 'refused', 'silent', 'errors'] as const;
export type ApiMode = (typeof API_MODES)[number];

/** Stands between a client and an API server, so that a test can take it away. */
export interface ApiGate {
  /** To be used in place of the server's own. */
  readonly url: string;
  readonly mode: ApiMode;
  /** When each patch of a Node came, whatever became of it; by `performance.now`. */
  readonly patches: readonly number[];
  /** Coming back from silence resets what was silent, as a peer does that has forgotten the connection. */
  set(mode: ApiMode): void;
  close(): Promise<void>;
}

/** @param target base URL of the server, plain HTTP */
export async function startApiGate(target: string): Promise<ApiGate> {
  const sockets = new Set<Socket>();
  const streams = new Set<{ readonly from: IncomingMessage; readonly to: ServerResponse }>();
  const patches: number[] = [];
  let mode: ApiMode = 'open';

  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  const forward = (incoming: IncomingMessage, response: ServerResponse): void => {
    const { method, headers, url } = incoming;
    const outgoing = request(new URL(url ?? '/', target), { method, headers, agent: false }, (from) => {
      if (mode === 'silent') return;
      response.writeHead(from.statusCode ?? 502, from.headers);
      response.flushHeaders();
      const stream = { from, to: response };
      streams.add(stream);
      from.pipe(response).on('close', () => streams.delete(stream));
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  };

  const server = createServer((incoming, response) => {
    if (incoming.method === 'PATCH' && /^\/api\/v1\/nodes\//.test(incoming.url ?? '')) patches.push(performance.now());
    if (mode === 'open') {
      forward(incoming, response);
      return;
    }
    if (mode === 'errors') {
      const body = JSON.stringify(statusObject(500, 'InternalError', 'as the test wants it'));
      response.writeHead(500, { 'content-type': 'application/json' }).end(body);
    }
    incoming.resume();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    if (mode === 'refused') socket.resetAndDestroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    patches,
    get mode() {
      return mode;
    },
    set(next) {
      if (next === mode) return;
      const before = mode;
      mode = next;
      if (next === 'silent') {
        for (const { from, to } of streams) from.unpipe(to).pause();
      } else if (before === 'silent' || next !== 'open') cut();
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
