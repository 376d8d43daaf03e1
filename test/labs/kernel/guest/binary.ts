/** What a scx_layered can do, by what it says of itself. */
import { execFile } from 'node:child_process';
import type { Matching } from './oracle.ts';

const known = new Map<string, Promise<Matching>>();

/** Asked once in a guest: even its help takes an emulated machine a while. */
export function matchingOf(scx: string): Promise<Matching> {
  const asked = known.get(scx) ?? ask(scx);
  known.set(scx, asked);
  return asked;
}

/** Its help comes on stderr, with an exit code of its own. */
function ask(scx: string): Promise<Matching> {
  return new Promise((resolve, reject) => {
    execFile(scx, ['--help'], (_error, stdout, stderr) => {
      try {
        resolve(readHelp(`${stdout}\n${stderr}`));
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** @throws Error for a text that is no help of scx_layered */
export function readHelp(help: string): Matching {
  if (!/^\s*--lo-fb-share\b/m.test(help)) throw new Error(`no help of scx_layered: ${help.slice(0, 500)}`);
  return /^\s*--members\b/m.test(help) ? 'members' : 'prefixes';
}
