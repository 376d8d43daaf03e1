import { renameSync, writeFileSync } from 'node:fs';

/** Writes a file so that a reader finds all of it or what was there before, never half of it. */
export function replaceFile(path: string, text: string): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, path);
}
