import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Everything the lab gets or builds, and nothing else: may be removed at any time. */
export function labCache(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'temper', 'kernel-lab');
}

/**
 * The folder of a part, made when it is missing. It is made elsewhere and moved when it is whole, so that whatever
 * interrupts the making never leaves half a part.
 *
 * @param name with all that the part depends on in it: another pin is another part
 * @param make fills the folder
 */
export function part(cache: string, name: string, make: (folder: string) => void): string {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  sweep(cache);
  const growing = mkdtempSync(join(cache, `making-${process.pid}-`));
  try {
    make(growing);
    try {
      renameSync(growing, folder);
    } catch (error) {
      // Another run was faster; its part is as good.
      if (!existsSync(folder)) throw error;
    }
  } finally {
    rmSync(growing, { recursive: true, force: true });
  }
  return folder;
}

/** Removes what runs that were killed have left half made. */
function sweep(cache: string): void {
  for (const name of readdirSync(cache)) {
    const maker = /^making-(\d+)-/.exec(name)?.[1];
    if (maker !== undefined && !existsSync(`/proc/${maker}`))
      rmSync(join(cache, name), { recursive: true, force: true });
  }
}
