import type { TemperError } from '../model/errors.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

/** What a list-watch reports, in the form of `src/kube`. */
interface WatchObserver {
  restarted(resource: string, reason: string): void;
  unreadable(resource: string): void;
  problem(resource: string, error: TemperError): void;
  recovered(resource: string): void;
}

/** What of a list-watch's store is exported. */
export interface WatchedStore {
  readonly size: number;
  readonly lastContactAt: number | undefined;
}

/** Counts and logs what list-watches go through. */
export function watchObserver(metrics: Metrics, logger: Logger): WatchObserver {
  const restarts = metrics.counter('temper_watch_restarts_total');
  const unreadable = metrics.counter('temper_watch_unreadable_total');
  return {
    restarted: (resource, reason) => restarts.inc({ resource, reason }),
    unreadable: (resource) => unreadable.inc({ resource }),
    problem: (resource, error) => logger.warn({ resource, error: error.id, remedy: error.remedy }, error.message),
    recovered: (resource) => logger.info({ resource }, 'the list-watch works again'),
  };
}

/** Exports how much is known and how old it is. */
export function exportWatches(watches: ReadonlyMap<string, WatchedStore>, metrics: Metrics, now: () => number): void {
  metrics.onScrape('temper_watch_objects', (set) => {
    for (const [resource, store] of watches) set({ resource }, store.size);
  });
  metrics.onScrape('temper_watch_last_event_age_seconds', (set) => {
    for (const [resource, { lastContactAt }] of watches) {
      // Before the first contact there is no age: absent says so, 0 would lie.
      if (lastContactAt !== undefined) set({ resource }, Math.max(0, (now() - lastContactAt) / 1000));
    }
  });
}
