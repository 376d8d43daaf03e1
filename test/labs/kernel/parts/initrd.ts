import { createHash } from 'node:crypto';
import { copyFileSync, constants as fs, statSync } from 'node:fs';
import { join } from 'node:path';
import { part } from '../../../../scripts/making/cache.ts';
import { appendArchive, type Entry } from './cpio.ts';
import { guestRoot } from './guest-root.ts';

/**
 * The part of the guest that does not change from run to run: programs and libraries, about 180 MB. Kept under
 * what it was made of, so that an update of this machine is seen.
 */
export function baseArchive(cache: string, programs: Readonly<Record<string, string>>): string {
  const entries = guestRoot(programs);
  const made = entries.map((entry) => {
    if (entry.kind !== 'copy') return entry;
    const { size, mtimeMs } = statSync(entry.source);
    return [entry, size, mtimeMs];
  });
  const key = createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 16);
  const folder = part(cache, `guest-${key}`, (growing) => appendArchive(join(growing, 'base.cpio'), entries));
  return join(folder, 'base.cpio');
}

/** What a guest boots from: the kernel unpacks one archive after the other. */
export function initialDisk(file: string, base: string, more: readonly Entry[]): void {
  copyFileSync(base, file, fs.COPYFILE_FICLONE);
  appendArchive(file, more);
}
