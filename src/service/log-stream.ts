/** Where log lines go, as pino wants it. */
export interface LogStream {
  write(line: string): void;
  /** Writes what is left; to be called before the process ends. */
  flush(): void;
}

/**
 * Writes the lines of one turn of the event loop together. Beside pino's own stream it has one
 * advantage: when the reader of the log is gone, that one waits for it for ever at exit, and this one
 * goes on serving.
 */
export function createLogStream(output: Pick<NodeJS.WriteStream, 'write' | 'on'>): LogStream {
  let lines = '';
  let isScheduled = false;
  const flush = (): void => {
    const text = lines;
    lines = '';
    isScheduled = false;
    if (text !== '') output.write(text);
  };
  output.on('error', () => {});
  return {
    write(line) {
      lines += line;
      if (isScheduled) return;
      isScheduled = true;
      setImmediate(flush);
    },
    flush,
  };
}
