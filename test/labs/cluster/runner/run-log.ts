import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';

/** A line of a container's output, and when it was written. */
export interface LogLine {
  /** RFC 3339. */
  readonly time: string;
  /** Without its end. */
  readonly text: string;
}

/** What one run of a container writes, as a container runtime keeps it: in a file, each line with its time and stream. */
export interface RunLog {
  text(): string;
  lines(): LogLine[];
  /** Told of each line from now on, and of the end. @returns stops that */
  follow(told: (line: LogLine | null) => void): () => void;
  readonly isOver: boolean;
  /** Resolves when all is kept that was written, by whomever it started as well. */
  readonly kept: Promise<void>;
}

export interface OpenRunLog extends RunLog {
  readonly file: string;
  /** Both streams of the process. */
  take(stdout: Readable, stderr: Readable): void;
}

export function openRunLog(file: string, now: () => Date = () => new Date()): OpenRunLog {
  const handle = openSync(file, 'w');
  const followers = new Set<(line: LogLine | null) => void>();
  const tell = (line: LogLine | null): void => {
    for (const one of followers) one(line);
  };
  const ended = Promise.withResolvers<void>();
  let isOver = false;

  const keep = (stream: string, text: string): void => {
    const time = now().toISOString();
    writeSync(handle, `${time} ${stream} F ${text}\n`);
    tell({ time, text });
  };
  const read = (stream: string, from: Readable): Promise<void> => {
    let rest = '';
    from.setEncoding('utf8').on('data', (chunk: string) => {
      const [last = '', ...before] = (rest + chunk).split('\n').reverse();
      rest = last;
      for (const line of before.reverse()) keep(stream, line);
    });
    return new Promise((resolve) => {
      from.once('close', () => {
        if (rest !== '') keep(stream, rest);
        resolve();
      });
    });
  };
  const lines = (): LogLine[] => readFileSync(file, 'utf8').split('\n').slice(0, -1).map(lineOf);
  return {
    file,
    lines,
    text: () =>
      lines()
        .map(({ text }) => `${text}\n`)
        .join(''),
    follow(told) {
      followers.add(told);
      return () => void followers.delete(told);
    },
    get isOver() {
      return isOver;
    },
    kept: ended.promise,
    take(stdout, stderr) {
      void Promise.all([read('stdout', stdout), read('stderr', stderr)]).then(() => {
        closeSync(handle);
        isOver = true;
        tell(null);
        ended.resolve();
      });
    },
  };
}

/** `TIME STREAM F TEXT` */
function lineOf(kept: string): LogLine {
  const [time = ''] = kept.split(' ', 1);
  return { time, text: kept.slice(kept.indexOf(' F ') + 3) };
}
