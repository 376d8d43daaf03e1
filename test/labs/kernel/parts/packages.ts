import { spawnSync } from 'node:child_process';
import { CannotRun } from './cannot-run.ts';
import { run } from './run.ts';

/** What each package is for. Nothing else is installed on this machine. */
const PACKAGES = {
  'qemu-system-x86': 'the virtual machine',
  iproute2: 'loopback in the guest',
  'clang-19': "scx_layered's BPF programs and the load programs",
  'libclang-19-dev': "bindings of scx_layered's BPF programs",
  'libelf-dev': 'scx_layered',
  'zlib1g-dev': 'scx_layered',
  'pkg-config': 'scx_layered',
};

/** Installs what is missing where we may. @throws CannotRun with the command to type where we may not */
export function installPackages(say: (text: string) => void): void {
  const missing = missingPackages(isInstalled, process.getuid?.() === 0);
  if (missing.length === 0) return;
  say(`installs ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Machines that keep themselves up to date hold the lock for a while.
  const patient = ['-q', '-o', 'DPkg::Lock::Timeout=300'];
  run('apt-get', [...patient, 'update'], { env });
  run('apt-get', [...patient, ...INSTALL, ...missing], { env });
}

const INSTALL = ['install', '-y', '--no-install-recommends'];

/** @throws CannotRun where some are missing and this user may not install them */
export function missingPackages(has: (name: string) => boolean, mayInstall: boolean): string[] {
  const missing = Object.entries(PACKAGES).filter(([name]) => !has(name));
  const names = missing.map(([name]) => name);
  if (mayInstall || missing.length === 0) return names;
  const why = missing.map(([name, purpose]) => `  ${name}: ${purpose}`).join('\n');
  throw new CannotRun(
    `Debian packages are missing:\n${why}\nInstall them with: sudo apt-get ${[...INSTALL, ...names].join(' ')}`,
  );
}

function isInstalled(name: string): boolean {
  const { stdout, error } = spawnSync('dpkg-query', ['-s', name], { encoding: 'utf8' });
  if (error !== undefined) throw new CannotRun('the lab needs a Debian machine: dpkg-query is not there');
  return stdout.includes('\nStatus: install ok installed\n');
}
