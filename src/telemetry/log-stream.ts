import type { Clock } from '../model/clock.ts';

/** Where log lines go, as pino wants it. */
export interface LogStream {
  write(line: string): void;
  /** Writes what is left; to be called before the process ends. */
  flush(): void;
}

/** A line waits no longer than this for others to be written with it. */
const WAIT_MS = 50;
/** So many characters are written at once without waiting. */
const BATCH = 16_384;

/**
 * Writes lines in batches: a write for each would cost a review more than its decision does. Beside
 * pino's own stream it has one advantage: when the reader of the log is gone, that one waits for it for
 * ever at exit, and this one goes on serving.
 */
export function createLogStream(output: Pick<NodeJS.WriteStream, 'write' | 'on'>, clock: Clock): LogStream {
  let lines = '';
  let cancel: (() => void) | undefined;
  const flush = (): void => {
    cancel?.();
    cancel = undefined;
    const text = lines;
    lines = '';
    if (text !== '') output.write(text);
  };
  output.on('error', () => {});
  return {
    write(line) {
      lines += line;
      if (lines.length >= BATCH) flush();
      else cancel ??= clock.after(WAIT_MS, flush);
    },
    flush,
  };
}
