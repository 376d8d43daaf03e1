import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubeApi } from './api.ts';
import { methodNotAllowed, unauthorized } from './refusals.ts';
import { parseTarget } from './request.ts';
import { HANDLERS, sendError } from './routes.ts';

export interface ApiServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Breaks every connection and stops listening. */
  close(): Promise<void>;
}

/** Go's server keeps idle connections longer than its clients do. */
const KEEP_ALIVE_MS = 120_000;
/**
 * Serves the stand-in on a free port of the loopback interface.
 *
 * @param token every request must bear it. @default no authentication
 */
export async function serveApi(api: KubeApi, token?: string): Promise<ApiServer> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    respond(api, token, request, response).catch((error: unknown) => sendError(response, error));
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

async function respond(
  api: KubeApi,
  token: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) throw unauthorized();
  const url = new URL(request.url ?? '/', 'http://localhost');
  const handle = HANDLERS.get(request.method ?? '');
  if (handle === undefined) throw methodNotAllowed();
  await handle(api, { request, response, target: parseTarget(url.pathname), query: url.searchParams });
}
