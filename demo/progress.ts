import type { WriteStream } from 'node:tty';

/** Tells a person on stderr how far a run is: one line that changes on a terminal, a line each tenth in a pipe. */
export function progressOn(stream: WriteStream | NodeJS.WriteStream, label: string, total: number) {
  const isTerminal = 'isTTY' in stream && stream.isTTY;
  let shown = -1;
  return {
    at(done: number): void {
      const tenth = Math.floor((done / total) * 10);
      if (isTerminal) stream.write(`\r${label}: ${done} of ${total} pods`);
      else if (tenth > shown) stream.write(`${label}: ${done} of ${total} pods\n`);
      shown = tenth;
    },
    end(): void {
      if (isTerminal) stream.write('\r\u001b[K');
    },
  };
}
