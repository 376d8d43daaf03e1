import { copyFileSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { PIN } from '../../patches/pin.ts';
import { scratch } from '../making/cache.ts';
import { CannotRun } from '../making/cannot-run.ts';
import { run } from '../making/run.ts';
import { getPinned } from '../scx/crate.ts';

const DOC = 'usr/share/doc/temper';

/** temper's own licence. */
export function addLicence(root: string): void {
  mkdirSync(join(root, DOC), { recursive: true });
  copyFileSync('LICENSE', join(root, DOC, 'LICENSE'));
}

/**
 * The sources of the scheduler, which its licence wants to go with the binary: the crate as published, the patches with what builds
 * them, and each crate that is compiled into it under a licence of the GPL.
 */
export function addSchedulerSources(root: string, cache: string): void {
  const folder = join(root, DOC, 'scx_layered');
  mkdirSync(folder, { recursive: true });
  for (const file of globSync('patches/*')) copyFileSync(file, join(folder, basename(file)));
  mkdirSync(join(folder, 'build'));
  for (const file of globSync('scripts/scx/*.ts')) copyFileSync(file, join(folder, 'build', basename(file)));
  const pinned = getPinned(PIN);
  const names = scratch(cache, (source) => {
    run('tar', ['-xzf', pinned.path, '--strip-components=1', '-C', source]);
    return packagesOf(readFileSync(join(source, 'Cargo.lock'), 'utf8'));
  });
  const home = join(process.env['CARGO_HOME'] || join(homedir(), '.cargo'), 'registry');
  for (const name of names) {
    const [crate] = globSync(`cache/*/${name}.crate`, { cwd: home });
    if (crate === undefined) {
      // Of other systems, and tests': they are not in the binary. Cargo gets what it compiles.
      if (name.startsWith('scx_')) throw new CannotRun(`${name}.crate is not in ${home}: npm run scx:build gets it`);
      continue;
    }
    if (isCopyleft(readManifest(join(home, crate)))) copyFileSync(join(home, crate), join(folder, basename(crate)));
  }
}

/** `name-version` of each package of a registry. */
export function packagesOf(lock: string): string[] {
  return [...lock.matchAll(/\[\[package\]\]\nname = "([^"]+)"\nversion = "([^"]+)"/g)].map(
    ([, name, version]) => `${name}-${version}`,
  );
}

function readManifest(crate: string): string {
  return run('tar', ['-xzOf', crate, `${basename(crate, '.crate')}/Cargo.toml`]);
}

/** Whether there is no other licence to choose. */
export function isCopyleft(manifest: string): boolean {
  const licence = /^license = "([^"]*)"/m.exec(manifest)?.[1] ?? '';
  return /GPL/.test(licence) && !/\bOR\b/.test(licence);
}
