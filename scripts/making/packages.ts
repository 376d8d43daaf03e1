import { spawnSync } from 'node:child_process';
import { CannotRun } from './cannot-run.ts';
import { run } from './run.ts';

/** Debian packages, and what each is for. */
export type Packages = Readonly<Record<string, string>>;

const INSTALL = ['install', '-y', '--no-install-recommends'];

/** Installs what is missing where we may. @throws CannotRun with the command to type where we may not */
export function installPackages(wanted: Packages, say: (text: string) => void): void {
  const missing = missingPackages(wanted, isInstalled, process.getuid?.() === 0);
  if (missing.length === 0) return;
  say(`installs ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Machines that keep themselves up to date hold the lock for a while.
  const patient = ['-q', '-o', 'DPkg::Lock::Timeout=300'];
  run('apt-get', [...patient, 'update'], { env });
  run('apt-get', [...patient, ...INSTALL, ...missing], { env });
}

/** @throws CannotRun where some are missing and this user may not install them */
export function missingPackages(wanted: Packages, has: (name: string) => boolean, mayInstall: boolean): string[] {
  const missing = Object.entries(wanted).filter(([name]) => !has(name));
  const names = missing.map(([name]) => name);
  if (mayInstall || missing.length === 0) return names;
  const why = missing.map(([name, purpose]) => `  ${name}: ${purpose}`).join('\n');
  throw new CannotRun(
    `Debian packages are missing:\n${why}\nInstall them with: sudo apt-get ${[...INSTALL, ...names].join(' ')}`,
  );
}

function isInstalled(name: string): boolean {
  const { stdout, error } = spawnSync('dpkg-query', ['-s', name], { encoding: 'utf8' });
  if (error !== undefined) throw new CannotRun('this needs a Debian machine: dpkg-query is not there');
  return stdout.includes('\nStatus: install ok installed\n');
}
