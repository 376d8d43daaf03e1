import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../src/model/clock.ts';
import { type FileReading, lookAt } from './host-file.ts';

/** The longest that the file can be there unseen, if no event tells of it. */
const LOOK_MS = 1_000;

export interface HostFileWatch {
  /** Looks now and calls back with what it saw. */
  look(): void;
  /** Looks now, and from then on each second and whenever the directory says that something changed. */
  start(): void;
  stop(): void;
}

/**
 * Looking each second is what counts. Events of the directory only make it faster: they do not come while it does not exist, when
 * the kernel has no watches left, or from some file systems.
 */
export function watchHostFile(path: string, clock: Clock, seen: (reading: FileReading) => void): HostFileWatch {
  const directory = dirname(path);
  let watcher: FSWatcher | undefined;
  let watched: string | undefined;
  let cancel = () => {};
  let stopped = false;

  const look = (): void => seen(lookAt(path));

  const forget = (): void => {
    watcher?.close();
    watcher = undefined;
    watched = undefined;
  };

  /** A directory that was removed and made again is another one, of which the old watch says nothing. */
  const follow = (): void => {
    const identity = identityOf(directory);
    if (identity === watched && watcher !== undefined) return;
    forget();
    if (identity === undefined) return;
    try {
      watcher = watch(directory, { persistent: false }, () => {
        follow();
        look();
      });
      watcher.on('error', forget);
      watched = identity;
    } catch {
      // The next second's look does without.
    }
  };

  const tick = (): void => {
    if (stopped) return;
    follow();
    look();
    cancel = clock.after(LOOK_MS, tick);
  };

  return {
    look,
    start: tick,
    stop() {
      stopped = true;
      cancel();
      forget();
    },
  };
}

function identityOf(directory: string): string | undefined {
  try {
    // The number alone may be that of the directory before.
    const { dev, ino, birthtimeNs } = statSync(directory, { bigint: true });
    return `${dev}:${ino}:${birthtimeNs}`;
  } catch {
    return undefined;
  }
}
