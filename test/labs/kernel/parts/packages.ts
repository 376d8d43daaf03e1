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
  const missing = Object.keys(PACKAGES).filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const command = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing];
  if (process.getuid?.() !== 0) {
    const why = missing.map((name) => `  ${name}: ${PACKAGES[name as keyof typeof PACKAGES]}`).join('\n');
    throw new CannotRun(`Debian packages are missing:\n${why}\nInstall them with: sudo ${command.join(' ')}`);
  }
  say(`installs ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-q'], { env });
  run(command[0] ?? '', command.slice(1), { env });
}

function isInstalled(name: string): boolean {
  const { stdout, error } = spawnSync('dpkg-query', ['-s', name], { encoding: 'utf8' });
  if (error !== undefined) throw new CannotRun('the lab needs a Debian machine: dpkg-query is not there');
  return stdout.includes('\nStatus: install ok installed\n');
}
