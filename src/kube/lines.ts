import { createByteCollector } from './bytes.ts';
import { RestartError, restart } from './restart.ts';

const NEWLINE = 0x0a;

export interface LineSplitter {
  /** Takes the next bytes; yields the lines that end in them, without their newline. */
  push(chunk: Buffer): Generator<string, void, undefined>;
  /** Whether a line has begun that has not ended. */
  readonly partial: boolean;
}

/**
 * Cuts a stream of bytes into lines. It works on bytes because a chunk may end inside a character.
 *
 * @throws RestartError (from `push`) when a line is longer than `maxBytes`
 */
export function createLineSplitter(maxBytes: number): LineSplitter {
  const begun = createByteCollector();
  return {
    *push(chunk) {
      let start = 0;
      while (start < chunk.length) {
        const newline = chunk.indexOf(NEWLINE, start);
        const piece = chunk.subarray(start, newline === -1 ? chunk.length : newline);
        if (begun.length + piece.length > maxBytes) {
          throw new RestartError(restart('bad-line', `a watch event is larger than ${maxBytes} bytes`));
        }
        if (newline === -1) {
          begun.append(piece);
          return;
        }
        start = newline + 1;
        if (begun.length === 0) {
          yield piece.toString('utf8');
        } else {
          begun.append(piece);
          yield begun.takeText();
        }
      }
    },
    get partial() {
      return begun.length > 0;
    },
  };
}
