import type { Clock } from '../model/clock.ts';
import { readRefusal } from './refusal.ts';
import { describe, oneLine } from './restart.ts';
import { retryAfterMs } from './retry-after.ts';
import type { KubeResponse, KubeSender, SendOptions } from './transport.ts';
import { createWatchdog } from './watchdog.ts';

/** One write to the API server. */
export interface WriteRequest {
  readonly method: SendOptions['method'];
  /** Path and query. */
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
}

/**
 * What became of a write. `conflict`: 409. `forbidden`: 401 or 403. `gone`: 404 or 410. `rejected`: any other answer that the
 * same request would get again. `unavailable`: it may go through later, or already has.
 */
export type WriteOutcome =
  | { readonly outcome: 'ok' }
  | { readonly outcome: 'conflict' | 'forbidden' | 'gone' | 'rejected'; readonly detail: string }
  | {
      readonly outcome: 'unavailable';
      readonly detail: string;
      /** What the server asked to wait, milliseconds; 0 where it said nothing. */
      readonly retryAfterMs: number;
    };

export interface Writer {
  /** Never rejects and never takes longer than the deadline. It tries once: when to try again is the caller's to say. */
  write(request: WriteRequest): Promise<WriteOutcome>;
}

export interface WriterOptions {
  readonly sender: KubeSender;
  readonly clock: Clock;
  /** From the request to the end of its answer. @default 10000 */
  readonly deadlineMs?: number;
  /** The longest wait that a server may ask for. @default 300000 */
  readonly maxRetryAfterMs?: number;
}

/** All that is wanted of an answer is its status: of an object the server need not send more than its metadata. */
const ACCEPT = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json';

/** An answer is read to its end to keep the connection, but not for ever. */
const MAX_ANSWER_BYTES = 1024 * 1024;

export function createWriter(options: WriterOptions): Writer {
  const { sender, clock, deadlineMs = 10_000, maxRetryAfterMs = 300_000 } = options;
  return {
    async write({ method, path, contentType, body }) {
      const controller = new AbortController();
      const watchdog = createWatchdog(clock, () => controller.abort());
      watchdog.feed(deadlineMs);
      try {
        const headers = { accept: ACCEPT, 'content-type': contentType };
        const response = await sender.send(path, { method, headers, body, signal: controller.signal });
        return await outcomeOf(response, clock.now(), maxRetryAfterMs);
      } catch (error) {
        const detail = watchdog.barked ? `no answer within ${deadlineMs} ms` : describe(error);
        return { outcome: 'unavailable', detail, retryAfterMs: 0 };
      } finally {
        watchdog.stop();
      }
    },
  };
}

async function outcomeOf(response: KubeResponse, now: number, maxRetryAfterMs: number): Promise<WriteOutcome> {
  const { status, headers } = response;
  if (status >= 200 && status < 300) {
    // It is done whatever becomes of the rest of the answer.
    await drain(response).catch(() => {});
    return { outcome: 'ok' };
  }
  const refused = await readRefusal(response.body);
  const detail = oneLine(`${status} ${refused.message}`);
  if (status === 409) return { outcome: 'conflict', detail };
  if (status === 401 || status === 403) return { outcome: 'forbidden', detail };
  if (status === 404 || status === 410) return { outcome: 'gone', detail };
  if (status !== 429 && status < 500) return { outcome: 'rejected', detail };
  const asked = Math.max(retryAfterMs(headers['retry-after'], now, maxRetryAfterMs), refused.retryAfterMs);
  return { outcome: 'unavailable', detail, retryAfterMs: Math.min(asked, maxRetryAfterMs) };
}

async function drain({ body }: KubeResponse): Promise<void> {
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > MAX_ANSWER_BYTES) return;
  }
}
