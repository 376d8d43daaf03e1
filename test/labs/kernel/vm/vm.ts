import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import type { Duplex } from 'node:stream';
import { type GuestEvent, type HostOrder, readEvent } from '../runner/events.ts';
import { CHANNEL_FD, type VmOptions, vmArguments } from './command.ts';
import { cpuTime } from './cpu-time.ts';
import { isKnownFault } from './known-fault.ts';
import { lineReader } from './lines.ts';
import { watchSilence } from './silence.ts';

export interface Vm {
  order(order: HostOrder): void;
  /** Settles when the guest is gone, with the reason: `powered off`, `panic: …`, what `kill` was called with. */
  readonly ended: Promise<string>;
  kill(reason: string): void;
  /** The line of the console that told of a known fault of the emulator, after which the guest is ended; null before. */
  fault(): string | null;
  /** Milliseconds of CPU that it used so far; 0 once it is gone. */
  cpuMs(): number;
}

export interface VmWatch {
  /** Everything the guest's console says goes here. */
  readonly consoleFile: string;
  /** Called for each line of the console and for each event. */
  readonly onConsole: (line: string) => void;
  readonly onEvent: (event: GuestEvent) => void;
  /** Neither an event nor a line of the console for so much CPU time of the emulator: it hangs. */
  readonly silentMs: number;
}

const EMULATOR = 'qemu-system-x86_64';
const PANIC = /Kernel panic|Attempted to kill init/;
/** After a panic the rest of its trace is worth waiting for. */
const TRACE_MS = 2_000;
const POWERED_OFF = 'powered off';

/** Whatever ends us ends the guest. */
const TIE = ['--pdeathsig', 'KILL', EMULATOR];

export function startVm(options: VmOptions, watch: VmWatch): Vm {
  const child = spawn('setpriv', [...TIE, ...vmArguments(options)], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  let reason: string | null = null;
  let fault: string | null = null;
  const kill = (why: string): void => {
    reason ??= why;
    child.kill('SIGKILL');
  };

  const silence = watchSilence(child.pid ?? 0, watch.silentMs, kill);

  const file = createWriteStream(watch.consoleFile);
  child.stdout?.pipe(file, { end: false });
  child.stdout?.on(
    'data',
    lineReader((line) => {
      silence.heard();
      watch.onConsole(line);
      if (isKnownFault(line)) fault ??= line;
      if (reason !== null || (fault === null && !PANIC.test(line))) return;
      reason = fault === null ? `panic: ${line}` : `fault of the emulator: ${fault}`;
      setTimeout(() => child.kill('SIGKILL'), TRACE_MS).unref();
    }),
  );
  const said: string[] = [];
  child.stderr?.on(
    'data',
    lineReader((line) => said.push(line)),
  );
  child.stderr?.pipe(file, { end: false });

  const channel = child.stdio[CHANNEL_FD] as Duplex;
  channel.on('error', () => {});
  channel.on(
    'data',
    lineReader((line) => {
      silence.heard();
      const event = readEvent(line);
      if (event !== null) watch.onEvent(event);
    }),
  );

  return {
    order: (order) => void channel.write(`${JSON.stringify(order)}\n`),
    kill,
    fault: () => fault,
    cpuMs: () => cpuTime(child.pid ?? 0),
    ended: end(child, () => reason ?? explain(child, said)).finally(() => {
      silence.stop();
      file.end();
    }),
  };
}

function end(child: ChildProcess, reason: () => string): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(`${EMULATOR} could not be started: ${error.message}`));
    child.on('close', () => resolve(reason()));
  });
}

function explain({ exitCode, signalCode }: ChildProcess, said: readonly string[]): string {
  if (exitCode === 0) return POWERED_OFF;
  return `${EMULATOR} ended with ${exitCode ?? signalCode}: ${said.slice(-3).join(' / ')}`;
}

/** A guest whose console is our terminal; Ctrl-A X ends it. */
export function attendVm(options: VmOptions): Promise<string> {
  const child = spawn('setpriv', [...TIE, ...vmArguments(options, 'terminal')], { stdio: 'inherit' });
  return end(child, () => explain(child, []));
}
