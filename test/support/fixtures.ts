import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', 'fixtures');

/** The text of a recorded file, e.g. `api/limitranges.json`. */
export function fixture(path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

/** The names of the recorded files in a folder of fixtures, e.g. `admission`. */
export function fixtureNames(path: string): string[] {
  return readdirSync(join(folder, path)).sort();
}

/** The rows of a file with one JSON value a line. */
export function vectors<T>(path: string): T[] {
  return fixture(path)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
