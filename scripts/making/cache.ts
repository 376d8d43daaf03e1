import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What is got or built for one purpose, and nothing else: may be removed at any time. */
export function cacheOf(
  purpose: 'kernel-lab' | 'cluster-lab' | 'scx_layered',
  env: NodeJS.ProcessEnv = process.env,
): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'temper', purpose);
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
  scratch(cache, (growing) => {
    make(growing);
    adopt(growing, folder);
  });
  return folder;
}

/** Likewise, of what tells how far it is while it is made. */
export async function growPart(cache: string, name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  const growing = openScratch(cache);
  try {
    await make(growing);
    adopt(growing, folder);
  } finally {
    rmSync(growing, { recursive: true, force: true });
  }
  return folder;
}

function adopt(growing: string, folder: string): void {
  try {
    renameSync(growing, folder);
  } catch (error) {
    // Another run was faster; its part is as good.
    if (!existsSync(folder)) throw error;
  }
}

/** A folder to work in, gone afterwards: where we are killed, by the next run. */
export function scratch<T>(cache: string, use: (folder: string) => T): T {
  const folder = openScratch(cache);
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function openScratch(cache: string): string {
  mkdirSync(cache, { recursive: true });
  sweep(cache);
  return mkdtempSync(join(cache, `making-${process.pid}-`));
}

/** Removes what runs that were killed have left half made. */
function sweep(cache: string): void {
  for (const name of readdirSync(cache)) {
    const maker = /^making-(\d+)-/.exec(name)?.[1];
    if (maker !== undefined && !existsSync(`/proc/${maker}`))
      rmSync(join(cache, name), { recursive: true, force: true });
  }
}
