import type { TemperError } from '../model/errors.ts';
import type { Restart, RestartReason } from './restart.ts';

/** Hears what a list-watch goes through. Its functions must not throw. */
export interface ListWatchObserver {
  /** A list or a watch has ended and will be begun again. */
  restarted(resource: string, reason: RestartReason): void;
  /** An object or an event was not understood; the object counts as absent. */
  unreadable(resource: string): void;
  /** Something that a person should know: once when it begins and once for each change of its kind. */
  problem(resource: string, error: TemperError): void;
  /** The last problem is over. */
  recovered(resource: string): void;
}

/** Tells the observer of one resource what is new to it. */
export interface Reporter {
  unreadable(): void;
  restarted(restart: Restart): void;
  healthy(): void;
}

export function createReporter(observer: ListWatchObserver, resource: string): Reporter {
  let known: TemperError | undefined;
  return {
    unreadable: () => observer.unreadable(resource),
    restarted({ reason, problem }) {
      observer.restarted(resource, reason);
      if (problem === undefined || problem.id === known?.id) return;
      known = problem;
      observer.problem(resource, problem);
    },
    healthy() {
      if (known !== undefined) observer.recovered(resource);
      known = undefined;
    },
  };
}
