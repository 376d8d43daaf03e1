import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostPaths } from '../host/paths.ts';

/** Larger texts are not what the kernel writes. */
const MAX_BYTES = 4096;

/** The `avg10` of the line `some` in `/proc/pressure/cpu`, percent; null where the text is not of that form. */
export function parsePressure(text: string): number | null {
  if (text.length > MAX_BYTES) return null;
  const value = Number(/^some avg10=(\d+(?:\.\d+)?)/m.exec(text)?.[1] ?? Number.NaN);
  return value >= 0 && value <= 100 ? value : null;
}

/** CPU pressure of the node, percent; null where the kernel does not tell (PSI off, or an old kernel). */
export async function readPressure({ proc }: HostPaths): Promise<number | null> {
  try {
    return parsePressure(await readFile(join(proc, 'pressure/cpu'), 'utf8'));
  } catch {
    return null;
  }
}
