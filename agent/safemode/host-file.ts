import { closeSync, lstatSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe } from '../../src/kube/restart.ts';
import { TemperError } from '../../src/model/errors.ts';
import type { HostPaths } from '../host/paths.ts';

/**
 * The host file that holds safe mode by being there, whatever is in it. These calls block on purpose: standing down must not
 * wait for a thread pool that something else keeps busy, the directory is in memory, and looking costs microseconds.
 */
export type FileReading =
  | { readonly state: 'absent' }
  | { readonly state: 'present' }
  /** Whether it is there cannot be told, so it holds. */
  | { readonly state: 'unreadable'; readonly detail: string };

export function safeModeFile(paths: Pick<HostPaths, 'run'>): string {
  return join(paths.run, 'safe-mode');
}

/** Never throws. A link counts as it is, wherever it leads. */
export function lookAt(path: string): FileReading {
  try {
    lstatSync(path);
    return { state: 'present' };
  } catch (error) {
    // No file, or no directory yet in which it could be.
    if ((error as { code?: unknown }).code === 'ENOENT') return { state: 'absent' };
    return { state: 'unreadable', detail: describe(error) };
  }
}

/**
 * Puts the file there, with the directory if there is none: in one step, or empty where a full disk takes no text.
 * Null when it is there, else why not.
 */
export function writeFile(path: string, text: string): TemperError | null {
  const draft = `${path}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, text);
    renameSync(draft, path);
    return null;
  } catch (error) {
    removeQuietly(draft);
    return touch(path) ? null : new TemperError('TMP3151', describe(error), { cause: error });
  }
}

function touch(path: string): boolean {
  try {
    closeSync(openSync(path, 'a'));
    return true;
  } catch {
    return lookAt(path).state === 'present';
  }
}

/** Null when it is no longer there, else why not. */
export function removeFile(path: string): TemperError | null {
  try {
    rmSync(path, { force: true });
    return null;
  } catch (error) {
    return new TemperError('TMP3152', describe(error), { cause: error });
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What is left is no safe-mode file: it has another name.
  }
}
