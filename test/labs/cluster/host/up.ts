import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CannotRun } from '../../../../scripts/making/cannot-run.ts';
import { lastWords } from '../plane/process.ts';
import type { Parts } from './parts.ts';
import { readUpState, startOf, type UpState } from './up-state.ts';

const MAIN = join(import.meta.dirname, '../main.ts');
const POLL_MS = 100;
/** Killing and clearing away takes no second. */
const END_MS = 30_000;

/** Programs that people use with it. */
const FOR_PEOPLE = ['kubectl', 'helm', 'kubeconform'] as const;

/** Starts a process that holds the control plane, and returns when that is ready. */
export async function up(folder: string, { programs }: Parts): Promise<UpState> {
  const running = readUpState(folder);
  if (running !== null) return running;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'bin'), { recursive: true });
  for (const name of FOR_PEOPLE) symlinkSync(programs[name], join(folder, 'bin', name));
  const logFile = join(folder, 'holder.log');
  const log = openSync(logFile, 'a');
  // A session of its own: it outlives this command and its terminal.
  const holder = spawn(process.execPath, [MAIN, 'hold'], { detached: true, stdio: ['ignore', log, log] });
  let end: string | null = null;
  holder.on('exit', (code, signal) => {
    end = String(code ?? signal);
  });
  const leave = (): void => void holder.kill('SIGTERM');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, leave);
  for (;;) {
    const state = readUpState(folder);
    if (state !== null) {
      holder.unref();
      return state;
    }
    if (end !== null) throw new CannotRun(`it did not come up (${end}); ${logFile}:\n${lastWords(logFile)}`);
    await pause(POLL_MS);
  }
}

/** @returns false where nothing was up */
export async function down(folder: string): Promise<boolean> {
  const state = readUpState(folder);
  if (state !== null) {
    process.kill(state.pid, 'SIGTERM');
    const deadline = performance.now() + END_MS;
    while (startOf(state.pid) === state.started) {
      if (performance.now() > deadline) process.kill(state.pid, 'SIGKILL');
      await pause(POLL_MS);
    }
  }
  rmSync(folder, { recursive: true, force: true });
  return state !== null;
}

/** One line for each program. @returns whether all of them run */
export function status(folder: string, print: (line: string) => void): boolean {
  const state = readUpState(folder);
  if (state === null) {
    print(existsSync(folder) ? 'down, and not by `down`: its logs are still there' : 'down');
    return false;
  }
  print(`${state.url}\n${state.kubeconfig}`);
  const gone = Object.entries(state.components).filter(([name, pid]) => {
    const runs = commandOf(pid).includes(name);
    print(`${name.padEnd(24)} ${runs ? `runs, process ${pid}` : 'is gone'}`);
    return !runs;
  });
  return gone.length === 0;
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}
