import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../../src/model/clock.ts';
import { type CommandOptions, commandLine, standbyCommandLine, writeMembers } from './command.ts';
import { MARKER } from './marker.ts';
import { outOfMemoryIn } from './out-of-memory.ts';
import { OutputTail } from './output.ts';
import type { ChildExit, ChildHandle, Children } from './ports.ts';
import type { SchedulerConfig } from './scheduler.ts';

export interface ChildOptions extends CommandOptions {
  readonly clock: Clock;
  /** Its environment; ours is not passed on. */
  readonly environment: Readonly<Record<string, string>>;
}

/** After its end, so long for the rest of its output; a process that inherited the pipe must not hold up the news. */
const OUTPUT_MS = 200;

/**
 * Asks for SIGKILL at our end, and only then looks whether we are still its parent: whoever dies before
 * the request is noticed by the look, whoever dies after it by the kernel. All of it is one process that
 * changes its program, as a parent-death signal is not inherited by a fork. `$PPID` is read by the shell at
 * its start, so after setpriv.
 */
const TIE = 'parent=$1; shift; [ "$PPID" = "$parent" ] || exit 125';

/**
 * Short of memory, the kernel is to take it and not us, though we are larger: its death we can tell of. The score counts
 * as thousandths of the limit that was hit: an agent that alone fills more than half of it is taken all the same.
 */
const VICTIM =
  '{ read -r adj; echo $((adj > 500 ? 1000 : adj + 500)) > /proc/self/oom_score_adj; } 2>/dev/null < /proc/self/oom_score_adj';

/** The line that a standby prints once it has loaded and waits. */
export const READY = 'STANDBY: ready';

/** Programs by name: they come with util-linux, coreutils and any shell. */
export function tied(command: readonly string[], parent: number): string[] {
  const script = `${TIE}; ${VICTIM}; exec "$@"`;
  return ['setpriv', '--pdeathsig', 'KILL', 'nice', '-n', '-19', 'sh', '-c', script, 'sh', String(parent), ...command];
}

/**
 * Starts real processes. To be used on the main thread: the kernel binds the parent-death signal to the
 * thread that started the child.
 */
export function realChildren(options: ChildOptions): Children {
  const outOfMemory = outOfMemoryIn(options.paths);
  return {
    start: (config, ended) => begin(commandLine, { config, options, outOfMemory, ended }),
    standBy: (config, ready, ended) => begin(standbyCommandLine, { config, options, outOfMemory, ended, ready }),
    updateStandby: (config) => void writeMembers(config, options.paths),
  };
}

interface Beginning {
  readonly config: SchedulerConfig;
  readonly options: ChildOptions;
  readonly outOfMemory: () => boolean;
  readonly ended: (exit: ChildExit) => void;
  readonly ready?: () => void;
}

function begin(command: typeof commandLine, beginning: Beginning): ChildHandle {
  const { config, options, outOfMemory, ended, ready } = beginning;
  // Whoever fell to it before is not this one.
  outOfMemory();
  const child = launch(() => command(config, options), options);
  if (child instanceof Error) {
    options.clock.after(0, () => ended(notStarted(child)));
    return { signal() {} };
  }
  const heard = (line: string): void => {
    if (line === READY) ready?.();
  };
  follow(child, new OutputTail(heard), { clock: options.clock, outOfMemory, ended });
  return handle(child);
}

function launch(command: () => readonly string[], options: ChildOptions): ChildProcess | Error {
  try {
    const [program = '', ...rest] = tied(command(), process.pid);
    return spawn(program, rest, {
      // A session of its own: what a terminal sends to us is ours to pass on.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...options.environment, [MARKER]: String(process.pid) },
    });
  } catch (error) {
    return error as Error;
  }
}

function follow(
  child: ChildProcess,
  tail: OutputTail,
  { clock, outOfMemory, ended }: Pick<Beginning, 'outOfMemory' | 'ended'> & { readonly clock: Clock },
): void {
  let isTold = false;
  const tell = (exit: Omit<ChildExit, 'output'>): void => {
    if (isTold) return;
    isTold = true;
    ended({ ...exit, output: tail.text });
  };
  // Undefined, whatever their type says, where there were no descriptors left for them.
  for (const stream of [child.stdout, child.stderr]) if (stream) tail.follow(stream);
  child.on('error', (error) => {
    // Also said of a signal that could not be sent; only without a process has nothing been started.
    if (child.pid === undefined) tell(notStarted(error));
  });
  child.on('exit', (code, signal) => {
    const exit = { code, signal, failure: null, ...(signal === 'SIGKILL' && outOfMemory() && { isOutOfMemory: true }) };
    child.on('close', () => tell(exit));
    clock.after(OUTPUT_MS, () => tell(exit));
  });
}

function handle(child: ChildProcess): ChildHandle {
  return {
    signal(signal) {
      child.kill(signal);
    },
  };
}

function notStarted(error: Error): ChildExit {
  return { code: null, signal: null, failure: error.message, output: '' };
}
