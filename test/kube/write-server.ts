import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { anonymousAccess } from '../../src/kube/access.ts';
import { createTransport } from '../../src/kube/transport.ts';
import { createWriter, type Writer } from '../../src/kube/write.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { createQueue, type Queue } from '../support/queue.ts';

/** A write that has come in whole. */
export interface SeenWrite {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly response: ServerResponse;
  readonly socket: Socket;
}

/** A server of which the test answers each write by hand, and a writer to it on a clock that stands still. */
export interface WriteServer extends AsyncDisposable {
  readonly writer: Writer;
  readonly clock: FakeClock;
  readonly writes: Queue<SeenWrite>;
  readonly connections: number;
}

export async function startWriteServer(): Promise<WriteServer> {
  const writes = createQueue<SeenWrite>();
  let connections = 0;
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const url = new URL(request.url ?? '/', 'http://localhost');
    writes.push({
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: Buffer.concat(pieces).toString(),
      response,
      socket: request.socket,
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const clock = new FakeClock();
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const transport = createTransport(anonymousAccess(url));
  return {
    writer: createWriter({ sender: transport, clock }),
    clock,
    writes,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      transport.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
