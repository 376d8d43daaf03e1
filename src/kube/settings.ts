/** The numbers of a list-watch. Durations in milliseconds unless the name says seconds. */
export interface ListWatchSettings {
  /** Objects asked for with one page of a list. */
  readonly pageLimit: number;
  /** Pages of one list; a server that always promises one more is not believed for ever. */
  readonly maxPages: number;
  /** Size of one object or one watch event; etcd itself takes 1.5 MiB. */
  readonly maxObjectBytes: number;
  /** How long the server is asked to keep a watch open; ±10 % so that clients do not return together. */
  readonly watchSeconds: number;
  /** How long an answer may take to begin; the API server itself gives up after a minute. */
  readonly answerMs: number;
  /** How long an answer may be silent; a watch has a bookmark in about each minute. */
  readonly idleMs: number;
  /** A watch that has been open this long is healthy: earlier failures are forgotten. */
  readonly healthyMs: number;
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
  /** The least wait after some 401 or 403 in a row: until a person has mended it, up to twice as long. */
  readonly forbiddenMs: number;
  /** The longest wait that a server may ask for by Retry-After. */
  readonly maxRetryAfterMs: number;
}

export const DEFAULT_SETTINGS: ListWatchSettings = {
  pageLimit: 500,
  maxPages: 10_000,
  maxObjectBytes: 8 * 1024 * 1024,
  watchSeconds: 290,
  answerMs: 60_000,
  idleMs: 120_000,
  healthyMs: 10_000,
  backoffBaseMs: 500,
  backoffCapMs: 30_000,
  forbiddenMs: 30_000,
  maxRetryAfterMs: 300_000,
};
