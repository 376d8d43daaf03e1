import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { part } from '../../../../scripts/making/cache.ts';
import { run } from '../../../../scripts/making/run.ts';
import type { Entry } from './cpio.ts';

const SOURCES = join(import.meta.dirname, '../guest');
const NAMES = ['load', 'layer-of', 'waits', 'bpf-costs'];
const FLAGS = ['-O2', '-Wall', '-Wextra', '-Werror', '-static', '-pthread'];

/** The lab's own C programs, static: the guest needs no library for them. Kept under what they were made of. */
export function guestPrograms(cache: string): Entry[] {
  const sources = NAMES.map((name) => join(SOURCES, `${name}.c`));
  const hash = createHash('sha256').update(JSON.stringify([FLAGS, sources.map((path) => readFileSync(path, 'utf8'))]));
  const folder = part(cache, `programs-${hash.digest('hex').slice(0, 16)}`, (growing) => {
    for (const [index, name] of NAMES.entries()) {
      run('clang-19', [...FLAGS, '-o', join(growing, name), sources[index] ?? '']);
    }
  });
  return NAMES.map((name) => ({ path: `lab/${name}`, kind: 'copy', source: join(folder, name), executable: true }));
}
