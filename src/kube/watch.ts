import { type ExchangeContext, exchange } from './exchange.ts';
import { createLineSplitter } from './lines.ts';
import { type Resource, watchRequest } from './resource.ts';
import { oneLine, type Restart, RestartError, restart } from './restart.ts';
import type { Status } from './status.ts';
import type { Store } from './store.ts';
import { readWatchEvent, type WatchEvent } from './watch-event.ts';

export interface WatchOptions<T> {
  readonly context: ExchangeContext;
  readonly resource: Resource<T>;
  readonly store: Store<T>;
  readonly random: () => number;
  /** Where to go on from. */
  readonly version: string;
  /** Called with each version that has been taken in. */
  readonly reached: (version: string) => void;
  /** Called when the watch has proved to work. */
  readonly healthy: () => void;
  /** Called for each event that is not understood. */
  readonly unreadable: () => void;
}

/**
 * Watches a resource from a version on and brings the store up to date until the server ends it.
 *
 * @throws RestartError when it ends in any other way
 */
export async function watch<T>(options: WatchOptions<T>): Promise<Restart> {
  const { context, resource, version, random } = options;
  const { clock, settings } = context;
  const begun = clock.monotonic();
  const checkHealth = () => {
    if (clock.monotonic() - begun >= settings.healthyMs) options.healthy();
  };
  const seconds = Math.round(settings.watchSeconds * (0.9 + 0.2 * random()));
  const lines = createLineSplitter(settings.maxObjectBytes);
  for await (const chunk of exchange(context, watchRequest(resource, version, seconds))) {
    for (const line of lines.push(chunk)) apply(options, readWatchEvent(line));
    checkHealth();
  }
  if (lines.partial) return restart('reset', 'the watch ended inside an event');
  checkHealth();
  return restart('end');
}

function apply<T>(options: WatchOptions<T>, event: WatchEvent | null): void {
  const { resource, store, reached, unreadable } = options;
  if (event === null) throw new RestartError(restart('bad-line', 'the watch sent something that is no event'));
  switch (event.type) {
    case 'bookmark':
      reached(event.version);
      return;
    case 'delete':
      store.delete(event.meta.key);
      reached(event.meta.version);
      return;
    case 'set': {
      const value = resource.read(event.object);
      if (value === null) {
        unreadable();
        store.delete(event.meta.key);
      } else {
        store.set(event.meta.key, value);
      }
      reached(event.meta.version);
      return;
    }
    case 'unknown':
      unreadable();
      return;
    case 'error':
      throw new RestartError(restartOf(event.status, options.context.settings.maxRetryAfterMs));
  }
}

/** An ERROR event ends the watch. */
function restartOf({ code, message, retryAfterMs }: Status, maxRetryAfterMs: number): Restart {
  if (code === 410) return restart('gone');
  return restart('error-event', oneLine(`${code} ${message}`), Math.min(retryAfterMs, maxRetryAfterMs));
}
