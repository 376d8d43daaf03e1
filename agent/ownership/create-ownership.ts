import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../src/model/clock.ts';
import type { HostPaths } from '../host/paths.ts';
import { type Ahead, followAhead, isBefore } from './ahead.ts';
import type { Ownership, Stage, Told } from './ownership.ts';
import { Peer } from './peer.ts';
import { filesOf, forget, removeDrafts, socketOf, takePlace } from './queue.ts';

/** So long an agent that ends waits for the word of the next that it has the node; else it says itself that it has none. */
const HEIR_MS = 2_000;

/** More than so many agents on a node are not waited for by anybody. */
const MAX_BEHIND = 16;

export interface QueueOwnership extends Ownership {
  /** Where our scheduler's files go while we wait. */
  readonly files: string;
}

/**
 * Takes a place in the queue of agents below the run directory. Whoever has nobody before it owns the node.
 *
 * @throws Error where the run directory cannot be used
 */
export async function joinQueue(paths: Pick<HostPaths, 'run'>, clock: Clock): Promise<QueueOwnership> {
  const folder = join(paths.run, 'agents');
  const behind = new Map<Peer, Stage>();
  const listeners: Array<() => void> = [];
  let ours: Told = { stage: 'waits', phase: 'stock' };
  let wasHandedOver = false;
  let cancelRelease = () => {};

  const inform = (): void => {
    for (const listener of listeners) listener();
  };
  const set = (next: Partial<Told>): void => {
    ours = { ...ours, ...next };
    for (const peer of [...behind.keys(), ...ahead.map(({ it }) => it)]) peer.tell(ours);
  };

  function connected(socket: Socket): void {
    if (behind.size >= MAX_BEHIND) {
      socket.destroy();
      return;
    }
    const peer = new Peer(socket, {
      told({ stage }) {
        behind.set(peer, stage);
        inform();
      },
      gone() {
        behind.delete(peer);
        inform();
      },
    });
    behind.set(peer, 'waits');
    peer.tell(ours);
  }

  const place = await takePlace(folder, connected);
  const ahead: Array<{ readonly number: number; readonly it: Ahead }> = place.ahead.map((number) => ({
    number,
    it: followAhead(socketOf(folder, number), clock, look),
  }));
  removeDrafts(folder);

  function look(): void {
    for (const { number, it } of ahead) if (it.isGone) forgetQuietly(folder, number);
    if (ours.stage === 'waits' && !ahead.some(({ it }) => isBefore(it))) {
      wasHandedOver = ahead.some(({ it }) => it.told?.stage === 'released');
      set({ stage: 'owns' });
    }
    inform();
  }

  // Whoever is dead is known within a connection; until then nobody says who owns the node.
  await settled(() => ahead.every(({ it }) => it.isGone || it.told !== null), listeners, clock);
  look();
  return {
    files: filesOf(folder, place.number),
    get stage() {
      return ours.stage;
    },
    get ahead() {
      return ours.stage === 'waits' ? (ahead.find(({ it }) => isBefore(it))?.it.told ?? null) : null;
    },
    get wasHandedOver() {
      return wasHandedOver;
    },
    subscribe: (listener) => void listeners.push(listener),
    tell: (phase) => set({ phase }),
    end() {
      if (ours.stage === 'owns') set({ stage: 'ending' });
    },
    release() {
      set({ stage: 'released' });
      const isTaken = (): boolean => [...behind.values()].includes('owns');
      return new Promise((resolve) => {
        const done = (): void => {
          if (!isTaken() && behind.size > 0) return;
          cancelRelease();
          resolve(isTaken());
        };
        cancelRelease = clock.after(HEIR_MS, () => resolve(isTaken()));
        listeners.push(done);
        done();
      });
    },
    close() {
      listeners.length = 0;
      cancelRelease();
      place.server.close();
      for (const { it } of ahead) it.close();
      for (const peer of behind.keys()) peer.close();
    },
  };
}

/** Bounded: one that hangs says nothing, and lives all the same. */
const HEARD_MS = 1_000;

function settled(isSettled: () => boolean, listeners: Array<() => void>, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    if (isSettled()) return resolve();
    const cancel = clock.after(HEARD_MS, resolve);
    listeners.push(() => {
      if (!isSettled()) return;
      cancel();
      resolve();
    });
  });
}

function forgetQuietly(folder: string, number: number): void {
  try {
    forget(folder, number);
  } catch {
    // A file that stays is no agent: nobody answers there.
  }
}
