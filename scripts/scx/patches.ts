import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChangedFile, diffFaults, readDiff } from './diff.ts';
import { ScxError } from './errors.ts';
import { headerFaults } from './header.ts';
import { parseSeries, sameNames } from './series.ts';

export const PATCHES = join(import.meta.dirname, '../../patches');

export interface Patch {
  readonly name: string;
  readonly text: string;
  readonly files: readonly ChangedFile[];
}

/** The series of a folder, in order; each of them whole. @throws ScxError */
export function readPatches(folder = PATCHES): Patch[] {
  const names = parseSeries(readFileSync(join(folder, 'series'), 'utf8'));
  sameNames(
    names,
    readdirSync(folder)
      .filter((name) => name.endsWith('.patch'))
      .sort(),
  );
  return names.map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const faults = [...headerFaults(text), ...diffFaults(text)];
    if (faults.length > 0) throw new ScxError('SCX03', `${name}: ${faults.join('; ')}`);
    return { name, text, files: readDiff(text) };
  });
}
