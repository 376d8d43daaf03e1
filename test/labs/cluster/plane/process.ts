import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';

/** A program of the lab while it runs. */
export interface Running {
  readonly name: string;
  readonly pid: number;
  /** Standard output and error. */
  readonly logFile: string;
  /** With what it ended, e.g. `SIGKILL` or `1`; null as long as it runs. */
  readonly end: string | null;
  readonly ended: Promise<string>;
  kill(signal?: NodeJS.Signals): void;
}

export interface Start {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Lines are added to it. */
  readonly logFile: string;
  /** Keeps in that file what it writes, in its own way. @default lines as they are */
  readonly take?: (stdout: Readable, stderr: Readable) => void;
  /** Besides PATH and HOME; nothing of this shell reaches it. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Whatever ends us ends it, SIGKILL included. */
const TIE = ['--pdeathsig', 'KILL'];

export function startTied({ name, program, args, logFile, take, env = {} }: Start): Running {
  const log = take === undefined ? openSync(logFile, 'a') : 'pipe';
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn('setpriv', [...TIE, program, ...args], {
    stdio: ['ignore', log, log],
    env: { PATH, HOME, ...env },
  });
  if (log !== 'pipe') closeSync(log);
  if (child.stdout !== null && child.stderr !== null) take?.(child.stdout, child.stderr);
  let end: string | null = null;
  const ended = new Promise<string>((resolve) => {
    const tell = (how: string): void => {
      end ??= how;
      resolve(end);
    };
    child.on('error', (error) => tell(error.message));
    child.on('exit', (code, signal) => tell(String(code ?? signal)));
  });
  return {
    name,
    pid: child.pid ?? 0,
    logFile,
    get end() {
      return end;
    },
    ended,
    kill: (signal = 'SIGKILL') => void child.kill(signal),
  };
}

const LAST_LINES = 12;

/** What a log ends with, for a message. */
export function lastWords(logFile: string): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LAST_LINES).join('\n');
}
