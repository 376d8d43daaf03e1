import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubeApi } from './api.ts';
import { methodNotAllowed, unauthorized } from './refusals.ts';
import { isSet, parseTarget, type Target } from './request.ts';
import { HANDLERS, sendError } from './routes.ts';

export interface ApiServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Breaks every connection and stops listening. */
  close(): Promise<void>;
}

/** A request as it came, for whoever counts them. */
export interface SeenRequest {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete';
  /** Plural name. */
  readonly resource: string;
}

/** Go's server keeps idle connections longer than its clients do. */
const KEEP_ALIVE_MS = 120_000;
/**
 * Serves the stand-in on a free port of the loopback interface.
 *
 * @param token every request must bear it. @default no authentication
 * @param onRequest told of each request that has one of the API's paths, before it is answered
 */
export async function serveApi(
  api: KubeApi,
  token?: string,
  onRequest: (seen: SeenRequest) => void = () => {},
): Promise<ApiServer> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    respond({ api, token, onRequest }, request, response).catch((error: unknown) => sendError(response, error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

interface Served {
  readonly api: KubeApi;
  readonly token: string | undefined;
  readonly onRequest: (seen: SeenRequest) => void;
}

async function respond(
  { api, token, onRequest }: Served,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) throw unauthorized();
  const url = new URL(request.url ?? '/', 'http://localhost');
  const handle = HANDLERS.get(request.method ?? '');
  if (handle === undefined) throw methodNotAllowed();
  const target = parseTarget(url.pathname);
  onRequest({ verb: verbOf(request, target, url.searchParams), resource: target.type.plural });
  await handle(api, { request, response, target, query: url.searchParams });
}

function verbOf({ method }: IncomingMessage, { name }: Target, query: URLSearchParams): SeenRequest['verb'] {
  if (method === 'POST') return 'create';
  if (method === 'PATCH') return 'patch';
  if (method === 'DELETE') return 'delete';
  if (name !== undefined) return 'get';
  return isSet(query, 'watch') ? 'watch' : 'list';
}
