import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type ApiObject, type ApiState, createApiState } from './api-state.ts';
import { createQueue } from './queue.ts';

/**
 * A small API server on loopback with one resource, `/api/v1/things`, that behaves, unless it is told
 * to misbehave on the next list or the next watch.
 */
export interface FaultyApi {
  readonly url: URL;
  readonly state: ApiState;
  /** The next request of this kind that has no fault yet is answered in this way. */
  fault(kind: Kind, fault: Fault): void;
  /** The next request of this kind, in the order of their arrival. */
  request(kind: Kind): Promise<ApiRequest>;
  /** The next watch that is served, once it is open. */
  watch(): Promise<LiveWatch>;
  readonly connections: ReadonlySet<Socket>;
  close(): Promise<void>;
}

export type Kind = 'list' | 'watch';

export interface ApiRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** A request about to be answered. */
export interface Exchange extends ApiRequest {
  readonly response: ServerResponse;
  readonly socket: Socket;
  readonly state: ApiState;
  /** Answers as if nothing were wrong. */
  serve(): void;
}

export type Fault = (exchange: Exchange) => void;

/** The server's end of a watch. */
export interface LiveWatch {
  readonly query: URLSearchParams;
  send(event: unknown): void;
  sendRaw(bytes: string | Buffer): void;
  end(): void;
  reset(): void;
  /** Stays open and says nothing more, whatever happens. */
  stall(): void;
  /** Resolves when the client has gone. */
  readonly closed: Promise<unknown>;
}

export async function startFaultyApi(): Promise<FaultyApi> {
  const state = createApiState();
  const faults: Record<Kind, Fault[]> = { list: [], watch: [] };
  const requests = { list: createQueue<ApiRequest>(), watch: createQueue<ApiRequest>() };
  const watches = createQueue<LiveWatch>();
  const connections = new Set<Socket>();

  const server = createServer((incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://localhost');
    const request = { path: url.pathname, query: url.searchParams, headers: incoming.headers };
    const kind = url.searchParams.get('watch') === 'true' ? 'watch' : 'list';
    requests[kind].push(request);
    const serve = () => {
      if (kind === 'list') serveList(state, request, response);
      else watches.push(serveWatch(state, request, response));
    };
    const fault = faults[kind].shift();
    if (fault === undefined) serve();
    else fault({ ...request, response, socket: incoming.socket, state, serve });
  });
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    state,
    fault: (kind, fault) => faults[kind].push(fault),
    request: (kind) => requests[kind].next(),
    watch: () => watches.next(),
    connections,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** A `Status` as the API server sends it. */
export function statusObject(code: number, reason: string, message = ''): Record<string, unknown> {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}

function sendJson(response: ServerResponse, code: number, body: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The text of a page; its pages are all of the version of the first one. */
export function pageText(state: ApiState, query: URLSearchParams): string | null {
  const token = query.get('continue');
  const { version, from } = token === null ? { version: state.version, from: 0 } : JSON.parse(token);
  const all: ApiObject[] | null = state.at(version);
  if (all === null) return null;
  const to = from + Number(query.get('limit') ?? all.length);
  const rest = to < all.length ? { continue: JSON.stringify({ version, from: to }) } : {};
  const metadata = { resourceVersion: String(version), ...rest };
  return JSON.stringify({ kind: 'ThingList', apiVersion: 'v1', metadata, items: all.slice(from, to) });
}

function serveList(state: ApiState, { query }: ApiRequest, response: ServerResponse): void {
  const text = pageText(state, query);
  if (text === null)
    sendJson(response, 410, statusObject(410, 'Expired', 'The provided continue parameter is too old'));
  else response.writeHead(200, { 'content-type': 'application/json' }).end(text);
}

function serveWatch(state: ApiState, { query }: ApiRequest, response: ServerResponse): LiveWatch {
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
  const sendRaw = (bytes: string | Buffer) => {
    if (!response.writableEnded) response.write(bytes);
  };
  const send = (event: unknown) => sendRaw(`${JSON.stringify(event)}\n`);
  const past = state.since(Number(query.get('resourceVersion')));
  const leave = state.onEvent(send);
  const closed = once(response, 'close').then(leave);
  if (past === null) {
    send({ type: 'ERROR', object: statusObject(410, 'Expired', 'too old resource version') });
    response.end();
  }
  for (const event of past ?? []) send(event);
  return {
    query,
    send,
    sendRaw,
    end: () => response.end(),
    reset: () => response.socket?.resetAndDestroy(),
    stall: leave,
    closed,
  };
}
