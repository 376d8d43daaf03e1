import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { RequestCredentials, ServerAccess } from './access.ts';

/** An answer of the API server, whatever its status. */
export interface KubeResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** A connection whose body is not read to its end is lost: whoever stops reading early destroys it. */
  readonly body: AsyncIterable<Buffer>;
  /** For whoever does not want to read the body at all. */
  destroy(): void;
}

export interface GetOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Raw requests to the API server. There are no timeouts here: the caller has the clock and the signal. */
export interface KubeTransport {
  /**
   * @param path what follows the server's address, with the query
   * @returns when the headers have come; rejects when the connection fails or the signal says so
   */
  get(path: string, options: GetOptions): Promise<KubeResponse>;
  /** Closes the connections that wait for their next request. */
  close(): void;
}

export interface SendOptions extends GetOptions {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly body: string;
}

/** The way for writes, beside that for reads: what only reads never gets it. */
export interface KubeSender {
  /**
   * Sends once, and once more after a 401.
   *
   * @returns when the headers have come; rejects when the connection fails or the signal says so: then
   * the server may or may not have done it
   */
  send(path: string, options: SendOptions): Promise<KubeResponse>;
}

/** An idle connection is kept for the next page of a list, not so long that the server or a proxy would drop it. */
const KEEP_ALIVE_MS = 4_000;

/** HTTP/1.1 over node:http or node:https: a running watch has its connection to itself, pages of a list follow on one. */
export function createTransport(access: ServerAccess): KubeTransport & KubeSender {
  const secure = access.server.protocol === 'https:';
  const pool = { keepAlive: true, timeout: KEEP_ALIVE_MS, maxFreeSockets: 4 };
  const agent = secure ? new HttpsAgent(pool) : new HttpAgent(pool);
  const prefix = access.server.pathname.replace(/\/+$/, '');

  const once = async (path: string, { headers, signal, ...sent }: GetOptions | SendOptions): Promise<KubeResponse> => {
    const { method, body } = { method: 'GET', body: undefined, ...sent };
    const { tls, proxy, ...credentials } = await unlessAborted(access.credentials(), signal);
    const options = {
      ...tls,
      method,
      protocol: access.server.protocol,
      // A URL has the brackets of an IPv6 address, a socket's address has not.
      hostname: access.server.hostname.replace(/^\[|\]$/g, ''),
      port: access.server.port,
      path: prefix + path,
      headers: {
        'user-agent': 'temper',
        ...headers,
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
        ...credentials.headers,
      },
      agent: proxy ?? agent,
      signal,
      ...(credentials.auth !== undefined && { auth: credentials.auth }),
    };
    return await new Promise((resolve, reject) => {
      const outgoing = secure ? httpsRequest(options) : httpRequest(options);
      outgoing.on('response', (message) => resolve(toResponse(message)));
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  };

  const request = async (path: string, options: GetOptions | SendOptions): Promise<KubeResponse> => {
    const response = await once(path, options);
    if (response.status !== 401) return response;
    // A token may have been revoked or replaced before its time: once more with what is valid now.
    response.destroy();
    access.renew();
    return await once(path, options);
  };

  return {
    get: request,
    send: request,
    close: () => agent.destroy(),
  };
}

function toResponse(message: IncomingMessage): KubeResponse {
  return {
    status: message.statusCode ?? 0,
    headers: message.headers,
    body: message,
    destroy: () => {
      message.destroy();
    },
  };
}

/** An exec plugin may ask a person or hang: whoever waits for it must still be able to leave. */
async function unlessAborted(pending: Promise<RequestCredentials>, signal: AbortSignal): Promise<RequestCredentials> {
  signal.throwIfAborted();
  let leave = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return await Promise.race([pending, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
