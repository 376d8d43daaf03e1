/** What a scx_layered can do, by what it says of itself. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Matching } from './oracle.ts';

const run = promisify(execFile);
const known = new Map<string, Promise<Matching>>();

/** Asked once in a guest: even its help takes an emulated machine a while. */
export function matchingOf(scx: string): Promise<Matching> {
  const asked = known.get(scx) ?? ask(scx);
  known.set(scx, asked);
  return asked;
}

async function ask(scx: string): Promise<Matching> {
  const { stdout } = await run(scx, ['--help']);
  return /^\s*--members\b/m.test(stdout) ? 'members' : 'prefixes';
}
