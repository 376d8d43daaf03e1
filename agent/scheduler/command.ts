import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostPaths } from '../host/paths.ts';
import { membersByName } from './live/differences.ts';
import type { SchedulerConfig } from './scheduler.ts';

export interface CommandOptions {
  readonly paths: HostPaths;
  /** The program and what comes before its own arguments, e.g. `['scx_layered']`. */
  readonly program: readonly string[];
  /** Text of the kernel's config, where neither procfs nor `/boot` has it; null where not needed. */
  readonly kconfig: string | null;
}

/** One argument may have 128 KiB, the ending byte among them. */
const MAX_ARGUMENT = 131_071;

/**
 * A quarter of each CPU's time for what no layer owns CPUs for: with the default of a twentieth, kernel threads
 * starved until the kernel ejected the scheduler.
 */
export const LOW_FALLBACK_SHARE = 0.25;

/**
 * How long a thread of a layer that preempts may keep a CPU, whoever owns it, while nobody of its own layer waits. With
 * the default of 400 ms busy system pods kept the host's threads from their CPU for 8 s, and High's for 12.
 */
const MAX_EXEC_US = 100_000;

const FLAGS = ['--lo-fb-share', String(LOW_FALLBACK_SHARE), '--max-exec-us', String(MAX_EXEC_US)];

/**
 * The command line of scx_layered for a config, which goes into files of our run directory.
 *
 * @throws Error where it cannot be passed in any way
 */
export function commandLine(config: SchedulerConfig, { paths, program, kconfig }: CommandOptions): string[] {
  const text = JSON.stringify(config.layers);
  const file = write(paths.run, 'layers.json', text);
  if (file === null && Buffer.byteLength(text) > MAX_ARGUMENT) {
    throw new Error(`E2BIG: no file can be written in ${paths.run}, and the config is too long for an argument`);
  }
  return [
    ...program,
    ...FLAGS,
    ...(kconfig === null ? [] : ['--kconfig', kconfig]),
    ...memberFlags(config, paths),
    file === null ? text : `f:${file}`,
  ];
}

/** The same for one that loads, says so, and waits until the node is free. Only the patched binary knows how. */
export function standbyCommandLine(config: SchedulerConfig, options: CommandOptions): string[] {
  const words = commandLine(config, options);
  return words.toSpliced(options.program.length, 0, '--standby', 'free');
}

/** The scheduler takes no more from a file; the others follow by its socket. */
const MAX_MEMBERS = 4_096;

/** Known before the attach, members are right from the first moment on; without a file they follow by the socket. */
function memberFlags(config: SchedulerConfig, paths: HostPaths): string[] {
  if (config.members === null) return [];
  const file = writeMembers(config, paths);
  return file === null ? [] : ['--members', file];
}

/** The file is read just before the attach, so one who waits for it can still be told otherwise. */
export function writeMembers(config: SchedulerConfig, paths: HostPaths): string | null {
  const entries = [...membersByName(config)].slice(0, MAX_MEMBERS).map(([cgroup, layer]) => ({ cgroup, layer }));
  return write(paths.run, 'members.json', JSON.stringify(entries));
}

/** The path; null where the disk cannot be written to. */
function write(folder: string, name: string, text: string): string | null {
  const path = join(folder, name);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return path;
  } catch {
    return null;
  }
}
