#!/usr/bin/env node
import { basename } from 'node:path';
import { systemClock } from '../telemetry/system-clock.ts';
import { EXIT } from './exit.ts';
import type { Output } from './io.ts';
import { runCli } from './run.ts';

function output(stream: NodeJS.WriteStream): Output {
  // Whoever reads may leave early, as `head` does.
  stream.on('error', () => process.exit(EXIT.ok));
  const write = (text: string): void => void stream.write(text);
  // A terminal without a size says zero.
  const size = () => ({ rows: stream.rows || 24, columns: stream.columns || 80 });
  return { write, isTerminal: stream.isTTY === true, size };
}

const interrupted = new AbortController();
process.on('SIGINT', () => {
  // Who asks twice does not want to wait.
  if (interrupted.signal.aborted) process.exit(EXIT.interrupted);
  interrupted.abort();
});

const code = await runCli(process.argv.slice(2), {
  program: basename(process.argv[1] ?? '').replace(/\.[cm]?[jt]s$/, ''),
  env: process.env,
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  signal: interrupted.signal,
  clock: keptAlive(),
  root: '/',
});
// Both are written in order, so an empty write ends when all before it has: a pipe may be slow.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));

/** The clock of a process that must wait for its own timeouts. */
function keptAlive(): typeof systemClock {
  return {
    ...systemClock,
    after(ms, callback) {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  };
}
