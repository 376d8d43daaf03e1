import { Buffer } from 'node:buffer';
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { createGunzip } from 'node:zlib';
import type { Clock } from '../../src/model/clock.ts';

/** How the stand-in calls a service as the API server and the scheduler do: kept-alive HTTP/1.1, one time-out for all. */
export interface PosterOptions {
  /** `http:` or `https:`; the path is the prefix of every call. */
  readonly url: string;
  /** PEM of the authority that signed the service's certificate; needed for `https:`. */
  readonly ca?: string;
  /** The name that the certificate must have. @default the host of the URL */
  readonly serverName?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The most connections at once. */
  readonly maxSockets: number;
  readonly clock: Clock;
}

export type PostResult = PostAnswer | PostFailure;

export interface PostAnswer {
  readonly ok: true;
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}

export interface PostFailure {
  readonly ok: false;
  readonly reason: 'timeout' | 'unreachable' | 'too-large';
  readonly detail: string;
  readonly ms: number;
}

export interface Poster {
  /** Posts JSON. Never rejects: everything that can go wrong is a result. @param path appended to the URL */
  post(path: string, json: string, timeoutMs: number): Promise<PostResult>;
  /** Ends the kept connections. */
  close(): void;
}

const MAX_REPLY_BYTES = 64 * 1024 * 1024;

type Outcome = { ok: true; status: number; body: string } | Omit<PostFailure, 'ms'>;

export function createPoster({ url, ca, serverName, headers, maxSockets, clock }: PosterOptions): Poster {
  const isTls = url.startsWith('https:');
  const tls = { ...(ca !== undefined && { ca }), ...(serverName !== undefined && { servername: serverName }) };
  const agent = isTls
    ? new HttpsAgent({ keepAlive: true, maxSockets, ...tls })
    : new HttpAgent({ keepAlive: true, maxSockets });
  const send = isTls ? requestHttps : requestHttp;
  const base = url.replace(/\/+$/, '');

  function post(path: string, json: string, timeoutMs: number): Promise<PostResult> {
    const started = clock.monotonic();
    return new Promise((resolve) => {
      const length = { 'content-length': String(Buffer.byteLength(json)) };
      const all = { 'content-type': 'application/json', 'accept-encoding': 'gzip', ...headers, ...length };
      const request = send(base + path, { method: 'POST', agent, headers: all });
      const settle = (outcome: Outcome): void => {
        cancel();
        // The first outcome counts; destroying the request may bring an error after it.
        resolve({ ...outcome, ms: clock.monotonic() - started });
      };
      const cancel = clock.after(timeoutMs, () => {
        settle({ ok: false, reason: 'timeout', detail: `no answer within ${timeoutMs} ms` });
        request.destroy();
      });
      request.on('error', ({ message }) => settle({ ok: false, reason: 'unreachable', detail: message }));
      request.on('response', (response) => readReply(response, settle));
      request.end(json);
    });
  }

  return { post, close: () => agent.destroy() };
}

function readReply(response: IncomingMessage, settle: (outcome: Outcome) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const fail = ({ message }: Error): void => settle({ ok: false, reason: 'unreachable', detail: message });
  const isZipped = response.headers['content-encoding'] === 'gzip';
  const body = isZipped ? response.pipe(createGunzip()) : response;
  response.on('error', fail);
  if (isZipped) body.on('error', fail);
  body.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes <= MAX_REPLY_BYTES) return;
    settle({ ok: false, reason: 'too-large', detail: `the reply is above ${MAX_REPLY_BYTES} bytes` });
    response.destroy();
  });
  body.on('end', () => {
    settle({ ok: true, status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
  });
}
