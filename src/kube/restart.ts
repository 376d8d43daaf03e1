import { type ErrorId, TemperError } from '../model/errors.ts';

/**
 * Why a list or a watch is begun again; the label of `temper_watch_restarts_total`.
 * `now`: the first time at once, from then on with backoff. `backoff`: exponential. `slow`: a person has to act.
 */
const RULES = {
  /** The server ended the watch, as it does after `timeoutSeconds` and when it stops. */
  end: { wait: 'now', relist: false },
  /** The connection broke, also in the middle of a line. */
  reset: { wait: 'backoff', relist: false, problem: 'TMP3003' },
  /** No byte for too long. */
  stalled: { wait: 'now', relist: false, problem: 'TMP3003' },
  /** 410: the server no longer has the version or the page that we asked for. */
  gone: { wait: 'now', relist: true },
  /** The watch delivered an ERROR other than 410. */
  'error-event': { wait: 'backoff', relist: false },
  /** The watch delivered something that is no watch event. */
  'bad-line': { wait: 'backoff', relist: true, problem: 'TMP3004' },
  /** The answer to a list is no Kubernetes list. */
  'bad-list': { wait: 'backoff', relist: true, problem: 'TMP3004' },
  /** 429. */
  throttled: { wait: 'backoff', relist: false },
  /** 401 or 403. */
  forbidden: { wait: 'slow', relist: false, problem: 'TMP3002' },
  /** 404: the resource is not served, or the object does not exist. */
  absent: { wait: 'backoff', relist: true, problem: 'TMP3004' },
  /** Any other answer that is neither 200 nor a server error. */
  rejected: { wait: 'backoff', relist: true, problem: 'TMP3004' },
  'server-error': { wait: 'backoff', relist: false, problem: 'TMP3003' },
  /** No answer: refused, no such host, no trust, no credentials. */
  unreachable: { wait: 'backoff', relist: false, problem: 'TMP3003' },
  /** Our own fault: a projection or a listener threw. */
  internal: { wait: 'backoff', relist: true, problem: 'TMP3005' },
} as const satisfies Record<string, { wait: 'now' | 'backoff' | 'slow'; relist: boolean; problem?: ErrorId }>;

export type RestartReason = keyof typeof RULES;

export const RESTART_REASONS = Object.keys(RULES) as readonly RestartReason[];

/** How a list or a watch came to its end and what follows from that. */
export interface Restart {
  readonly reason: RestartReason;
  readonly wait: 'now' | 'backoff' | 'slow';
  /** Whether the objects must be listed again, or the watch can go on from the last version. */
  readonly relist: boolean;
  /** Extra wait that the server asked for, milliseconds. */
  readonly retryAfterMs: number;
  /** For the log; absent where there is nothing that anyone should look at. */
  readonly problem: TemperError | undefined;
}

/** @param detail for people: never bytes of a body, which may hold secrets */
export function restart(reason: RestartReason, detail = '', retryAfterMs = 0): Restart {
  const rule: { wait: Restart['wait']; relist: boolean; problem?: ErrorId } = RULES[reason];
  const problem = rule.problem === undefined ? undefined : new TemperError(rule.problem, detail);
  return { reason, wait: rule.wait, relist: rule.relist, retryAfterMs, problem };
}

/** A restart on its way up from where it was found. */
export class RestartError extends Error {
  readonly restart: Restart;

  constructor(cause: Restart) {
    super(cause.reason);
    this.name = 'RestartError';
    this.restart = cause;
  }
}

/** What to make of anything that was thrown on the way. */
export function toRestart(error: unknown): Restart {
  return error instanceof RestartError ? error.restart : restart('internal', describe(error));
}

const MAX_DETAIL = 300;

/** An error in one line of bounded length, for a log. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const { code } = error as { code?: unknown };
  return oneLine(error.message || (typeof code === 'string' ? code : error.name));
}

/** Text from outside in one line of bounded length, for a log. */
export function oneLine(text: string): string {
  return text
    .slice(0, MAX_DETAIL)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}
