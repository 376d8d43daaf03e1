/** The scheduler's socket without any manners: bytes in, lines out. */
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { SOCKET } from './truth.ts';

const SILENT_MS = 30_000;

export interface Raw {
  /** Resolves when the kernel has taken them. */
  send(bytes: Buffer | string): Promise<void>;
  /** The next line that has come; null where it was closed instead. */
  line(): Promise<string | null>;
  /** Nothing more is sent; answers may still come. */
  half(): void;
  close(): void;
}

/** @throws Error where the scheduler does not take it */
export async function connectRaw(path = SOCKET): Promise<Raw> {
  const socket = createConnection({ path, allowHalfOpen: true });
  await once(socket, 'connect');
  // Whether it was closed is told by `line`; how is of no interest.
  socket.on('error', () => {});
  const next = lines(socket);
  return {
    send: (bytes) => new Promise((resolve) => void socket.write(bytes, () => resolve())),
    line: next,
    half: () => void socket.end(),
    close: () => void socket.destroy(),
  };
}

function lines(socket: Socket): () => Promise<string | null> {
  let text = '';
  let isOver = false;
  let wake = (): void => {};
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
    wake();
  });
  for (const event of ['end', 'close'])
    socket.on(event, () => {
      isOver = true;
      wake();
    });
  return async () => {
    for (const begun = performance.now(); ; ) {
      const end = text.indexOf('\n');
      if (end >= 0) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        return line;
      }
      if (isOver) return null;
      const left = SILENT_MS - (performance.now() - begun);
      if (left <= 0) throw new Error(`no line within ${SILENT_MS} ms`);
      await woken(left);
    }
  };

  function woken(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
