import type { Clock } from '../model/clock.ts';
import type { ExchangeContext } from './exchange.ts';
import { list } from './list.ts';
import { createReporter, type ListWatchObserver } from './observer.ts';
import { createPacing } from './pacing.ts';
import { pause } from './pause.ts';
import type { Resource } from './resource.ts';
import { type Restart, toRestart } from './restart.ts';
import { DEFAULT_SETTINGS, type ListWatchSettings } from './settings.ts';
import { Store, type Watched } from './store.ts';
import type { KubeTransport } from './transport.ts';
import { watch } from './watch.ts';

export interface ListWatchOptions<T> {
  readonly resource: Resource<T>;
  readonly transport: KubeTransport;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly observer: ListWatchObserver;
  readonly settings?: Partial<ListWatchSettings>;
  /** Called each time a whole list has been taken, an empty one too. It must not throw. */
  readonly listed?: () => void;
}

export interface ListWatch<T> {
  readonly store: Watched<T>;
  /** Begins; to be called once. */
  start(): void;
  /** Ends it for good; resolves, at once, when no connection and no timer of it is left. The store stays readable. */
  stop(): Promise<void>;
}

/** After so many expired lists in a row the list is asked for in one piece, which cannot expire. */
const MAX_EXPIRED_LISTS = 2;

/** After so many ERROR events in a row from one version, it is that version that the server cannot watch from. */
const MAX_ERROR_EVENTS = 3;

/**
 * Keeps a store equal to a resource of the API server: lists it once, watches it from there on, and
 * whatever happens begins again at the right place and at a bearable pace.
 */
export function createListWatch<T>(options: ListWatchOptions<T>): ListWatch<T> {
  const { resource, transport, clock, random, observer } = options;
  const settings = { ...DEFAULT_SETTINGS, ...options.settings };
  const store = new Store<T>();
  const controller = new AbortController();
  const { signal } = controller;
  const pacing = createPacing(settings, random);
  const reporter = createReporter(observer, resource.name);
  /** The version that the store has reached; undefined when it must be listed. */
  let version: string | undefined;
  let expiredLists = 0;
  let errorEvents = 0;
  let running: Promise<void> | undefined;

  const context: ExchangeContext = {
    transport,
    clock,
    settings,
    signal,
    heard: () => {
      store.lastContactAt = clock.now();
    },
  };

  const listAll = async (): Promise<string> => {
    const limit = expiredLists < MAX_EXPIRED_LISTS ? settings.pageLimit : undefined;
    const listed = await list(context, resource, limit, reporter.unreadable);
    expiredLists = 0;
    store.replace(listed.objects);
    options.listed?.();
    return listed.version;
  };

  const reached = (to: string) => {
    version = to;
  };

  const healthy = () => {
    pacing.reset();
    reporter.healthy();
    errorEvents = 0;
  };

  /** Goes on as far as it goes. */
  const advance = async (): Promise<Restart> => {
    try {
      version ??= await listAll();
      return await watch({
        context,
        resource,
        store,
        random,
        version,
        reached,
        healthy,
        unreadable: reporter.unreadable,
      });
    } catch (error) {
      return toRestart(error);
    }
  };

  const mustRelist = ({ reason, relist }: Restart): boolean => {
    if (reason === 'gone' && version === undefined) expiredLists += 1;
    if (reason === 'error-event') errorEvents += 1;
    return relist || errorEvents >= MAX_ERROR_EVENTS;
  };

  const run = async (): Promise<void> => {
    for (;;) {
      const restart = await advance();
      if (signal.aborted) return;
      if (mustRelist(restart)) {
        version = undefined;
        errorEvents = 0;
      }
      reporter.restarted(restart);
      await pause(clock, pacing.delay(restart), signal);
      if (signal.aborted) return;
    }
  };

  return {
    store,
    start() {
      running ??= run();
    },
    async stop() {
      controller.abort();
      await running;
    },
  };
}
