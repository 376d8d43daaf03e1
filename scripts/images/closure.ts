import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CannotRun } from '../making/cannot-run.ts';
import { run } from '../making/run.ts';

/** Where a program of that name is. @throws CannotRun where there is none */
export function findProgram(name: string, path = process.env['PATH'] ?? ''): string {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return realpathSync(file);
    } catch {
      // The next folder.
    }
  }
  throw new CannotRun(`${name} is not on PATH`);
}

/** The shared libraries of a program, and the loader, at the paths where it looks for them. */
export function librariesOf(program: string): string[] {
  return parseLdd(run('ldd', [program]));
}

/** @throws CannotRun for a library that is missing */
export function parseLdd(text: string): string[] {
  const found: string[] = [];
  for (const line of text.split('\n')) {
    const missing = /^\s*(\S+) => not found/.exec(line)?.[1];
    if (missing !== undefined) throw new CannotRun(`${missing} is missing: install what the program needs`);
    const path = /^\s*(?:\S+ => )?(\/\S+) \(0x[0-9a-f]+\)$/.exec(line)?.[1];
    if (path !== undefined) found.push(path);
  }
  return found;
}
