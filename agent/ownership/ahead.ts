import { createConnection } from 'node:net';
import type { Clock } from '../../src/model/clock.ts';
import type { Stage, Told } from './ownership.ts';
import { Peer } from './peer.ts';

/** Whoever has too many connections waiting is alive, and is asked again so often. */
const AGAIN_MS = 250;

/** One agent before us, from the first connection on to its end. */
export interface Ahead {
  /** Null while it has said nothing. */
  readonly told: Told | null;
  /** Whether it is no more. */
  readonly isGone: boolean;
  tell(state: Told): void;
  close(): void;
}

/** That nobody listens there any more, or never did: the one end of a process that connecting tells for certain. */
const DEAD: ReadonlySet<string | undefined> = new Set(['ECONNREFUSED', 'ENOENT']);

/** Follows the agent behind a socket. `changed` is called for each news, and never within the call. */
export function followAhead(path: string, clock: Clock, changed: () => void): Ahead {
  let told: Told | null = null;
  let isGone = false;
  let peer: Peer | null = null;
  let state: Told | null = null;
  let isClosed = false;
  let cancel = () => {};

  const gone = (): void => {
    isGone = true;
    if (!isClosed) changed();
  };

  function connect(): void {
    const socket = createConnection(path);
    let isConnected = false;
    let hasTold = false;
    let problem: string | undefined;
    socket.once('connect', () => {
      isConnected = true;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      problem = error.code;
    });
    peer = new Peer(socket, {
      told(news) {
        hasTold = true;
        told = news;
        if (!isClosed) changed();
      },
      gone() {
        // A connection that ends may be one of many that it cannot keep; only that nobody listens is the end.
        if (isClosed) return;
        if (!isConnected && DEAD.has(problem)) return gone();
        cancel = clock.after(hasTold ? 0 : AGAIN_MS, connect);
      },
    });
    if (state !== null) peer.tell(state);
  }

  connect();
  return {
    get told() {
      return told;
    },
    get isGone() {
      return isGone;
    },
    tell(next) {
      state = next;
      peer?.tell(next);
    },
    close() {
      isClosed = true;
      cancel();
      peer?.close();
    },
  };
}

/** Whether it keeps us from the node. */
export function isBefore({ told, isGone }: Pick<Ahead, 'told' | 'isGone'>): boolean {
  const over: Stage = 'released';
  return !isGone && told?.stage !== over;
}
