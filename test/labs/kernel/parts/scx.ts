import { existsSync } from 'node:fs';
import { CannotRun } from '../../../../scripts/making/cannot-run.ts';
import { scxLayered } from '../../../../scripts/scx/build.ts';
import { readPatches } from '../../../../scripts/scx/patches.ts';

/** The scheduler under test: as upstream publishes it, with temper's patches, or one that is given. @returns its path */
export function chooseScx(wanted: string, say: (text: string) => void): string {
  if (wanted === 'stock') return scxLayered([], say);
  if (wanted === 'patched') return scxLayered(readPatches(), say);
  if (!existsSync(wanted)) throw new CannotRun(`there is no scheduler ${wanted}`);
  return wanted;
}
