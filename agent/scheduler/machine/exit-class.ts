import type { ChildExit } from '../ports.ts';
import type { ExitClass } from '../scheduler.ts';

export interface ExitContext {
  /** Whether it had been attached. */
  readonly attached: boolean;
  /** Whether CPUs came or went while it ran. */
  readonly hotplugged: boolean;
  /** Whether they did a short time before: then a panic at start is for the same reason. */
  readonly recentHotplug: boolean;
}

export interface Classified {
  readonly class: ExitClass;
  readonly detail: string;
  /** The machine lacked what a process takes, e.g. descriptors: nothing was tried that could tell of the scheduler. */
  readonly isShortage?: boolean;
}

/** The kernel's reason, as scx_layered prints it last of all: as an error unless somebody asked it to end. */
const KERNEL_EXIT = /^(?:Error: )?(EXIT: .*)/m;
/** The kernel's words for a scheduler that was ended by its own process. */
const UNREGISTERED = 'unregistered from user space';
const ANOTHER_RUNS = /another .*scheduler.* running/i;
/** What it and its JSON parser say of a config they do not take. */
const CONFIG =
  /\bspecs?\b|_range\b|HintEquals|AND block|unknown variant|missing field|invalid (type|value)|at line \d+|layer config/i;
const KERNEL_LACKS = /sched_ext_ops|hotplug_seq|\bBTF\b|kconfig|isolcpus|func_proto/i;
const CRASHES: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP']);
/** The program is not there or cannot be run on this machine. */
const CANNOT_RUN = /ENOENT|EACCES|ENOEXEC|E2BIG|EPERM/;
const SHORTAGE = /EMFILE|ENFILE|EAGAIN|ENOMEM/;

/** Between an error and what brought it about. */
const CAUSED_BY = 'Caused by:';

const MAX_DETAIL = 300;

/** What the end of a child means that nobody here asked for. */
export function classify(exit: ChildExit, context: ExitContext): Classified {
  const { code, signal, failure } = exit;
  if (failure !== null) {
    const isShortage = SHORTAGE.test(failure);
    return { class: CANNOT_RUN.test(failure) ? 'unsupported' : 'error', detail: failure, isShortage };
  }
  if (signal !== null) return { class: CRASHES.has(signal) ? 'panic' : 'killed', detail: endedBy(exit) };
  if (isHotplug(code, context)) return { class: 'hotplug', detail: explain(exit) };
  if (code === 0) return { class: 'killed', detail: 'it ended itself in good order, though nobody here asked it to' };
  return { class: classOfCode(exit, context.attached), detail: explain(exit) };
}

function endedBy({ signal, isOutOfMemory = false }: ChildExit): string {
  return `ended by ${signal}${isOutOfMemory ? ': out of memory' : ''}`;
}

/** The kernel lets go of a scheduler when CPUs come or go, and with one offline scx_layered panics at its start. */
function isHotplug(code: number | null, { attached, hotplugged, recentHotplug }: ExitContext): boolean {
  if (code === 101) return hotplugged || (recentHotplug && !attached);
  return hotplugged && (code === 0 || code === 1);
}

function classOfCode({ code, output }: ChildExit, attached: boolean): ExitClass {
  if (code === 1) return classOfOne(output, attached);
  if (code === 101) return 'panic';
  if (code === 137) return 'killed';
  if (attached) return 'error';
  // Its own -1; 2 is what most programs say.
  if (code === 255 || code === 2) return 'usage';
  // The shell's and setpriv's: not executable, not found.
  return code === 126 || code === 127 ? 'unsupported' : 'error';
}

/** Exit code 1 stands for any error, so its text must tell. */
function classOfOne(output: string, attached: boolean): ExitClass {
  if (KERNEL_EXIT.test(output)) return 'ejected';
  // Also where it seemed to be attached: what was seen then was the other one, of the same name.
  if (ANOTHER_RUNS.test(output)) return 'not-attached';
  if (attached) return 'error';
  if (CONFIG.test(output)) return 'config-refused';
  return KERNEL_LACKS.test(output) ? 'unsupported' : 'error';
}

/** Whether its last words say why the kernel let go of it: not where it says only that we ended it. */
export function tellsKernelReason({ output }: ChildExit): boolean {
  const reason = KERNEL_EXIT.exec(output)?.[1];
  return reason !== undefined && !reason.includes(UNREGISTERED);
}

/** What the kernel or the program said last, else the code. */
export function explain({ code, signal, output }: ChildExit): string {
  const text = KERNEL_EXIT.exec(output)?.[1] ?? lastError(output);
  const how = signal === null ? `exit code ${code}` : `ended by ${signal}`;
  return text === '' ? how : `${how}: ${text.slice(0, MAX_DETAIL)}`;
}

/** What tells most of an error may follow it: its cause, or after a colon the message of a panic. */
function lastError(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const begin = lines.findLastIndex((line) => /^error:|panicked at/i.test(line));
  const at = begin === -1 ? lines.findLastIndex((line) => /error|panic/i.test(line)) : begin;
  const line = lines.at(at) ?? '';
  const next = lines[at + 1] ?? '';
  if (at !== -1 && next === CAUSED_BY) return `${line}: ${lines.slice(at + 2).join(', ')}`;
  return at !== -1 && line.endsWith(':') ? `${line} ${next}` : line;
}
