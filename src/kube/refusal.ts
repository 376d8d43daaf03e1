import { readText } from './read-text.ts';
import { oneLine, RestartError, type RestartReason, restart } from './restart.ts';
import { retryAfterMs } from './retry-after.ts';
import { readStatus, type Status } from './status.ts';
import type { KubeResponse } from './transport.ts';

/** Far more than a Status has; what is larger is no message for people. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * An API server that has just begun answers 401 or 403 until it has read who may do what, which is over in seconds: so many in
 * a row are tried again as any failure, and only what goes on waits for a person.
 */
export const REFUSED_IN_PASSING = 4;

/**
 * What an answer other than 200 means.
 *
 * @param now milliseconds since the epoch, for Retry-After
 * @throws what reading the body throws
 */
export async function refusal(response: KubeResponse, now: number, maxRetryAfterMs: number): Promise<RestartError> {
  const { status, headers } = response;
  const { message } = await readRefusal(response.body);
  const detail = oneLine(`${status} ${message}`);
  return new RestartError(
    restart(reasonOf(status), detail, retryAfterMs(headers['retry-after'], now, maxRetryAfterMs)),
  );
}

/** What an answer that refuses says of itself. Throws what reading the body throws. */
export async function readRefusal(body: AsyncIterable<Buffer>): Promise<Status> {
  return parse((await readText(body, MAX_BODY_BYTES)) ?? '');
}

function reasonOf(status: number): RestartReason {
  if (status === 410) return 'gone';
  if (status === 404) return 'absent';
  if (status === 429) return 'throttled';
  if (status === 401 || status === 403) return 'forbidden';
  return status >= 500 ? 'server-error' : 'rejected';
}

function parse(text: string): Status {
  try {
    return readStatus(JSON.parse(text));
  } catch {
    return readStatus(null);
  }
}
