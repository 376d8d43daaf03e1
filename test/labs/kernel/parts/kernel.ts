import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type AptRoot, openAptRoot } from './apt-root.ts';
import { part } from './cache.ts';
import { CannotRun } from './cannot-run.ts';
import type { KernelPin } from './pins.ts';

export interface Kernel {
  readonly image: string;
  /** Its build configuration. */
  readonly config: string;
  /** For the reader, e.g. `7.3.4+deb13-cloud-amd64`. */
  readonly release: string;
}

/** The pinned kernel out of the cache, or from Debian's archive; the newest of its kind where that is gone. */
export function kernel(cache: string, pin: KernelPin, say: (text: string) => void): Kernel {
  const pinned = pin.packages.map(({ name, sha256 }) => `${name}-${sha256.slice(0, 12)}`).join('+');
  const wanted = part(cache, `kernel-${pinned}`, (folder) => {
    say(`gets ${pin.packages[0]?.name} from Debian's archive`);
    const apt = openAptRoot(join(folder, 'apt'), pin.suite);
    if (!unpackPinned(apt, pin, folder, say)) unpackNewest(apt, pin, folder, say);
    rmSync(join(folder, 'apt'), { recursive: true, force: true });
  });
  return kernelIn(wanted);
}

/** One that the user names: an image with its config beside it, or of the same release in the same folder. */
export function givenKernel(image: string): Kernel {
  const release = basename(image).replace(/^vmlinuz-?/, '');
  const beside = [join(dirname(image), 'config'), join(dirname(image), `config-${release}`)];
  const config = beside.find(existsSync);
  if (!existsSync(image)) throw new CannotRun(`there is no kernel ${image}`);
  if (config === undefined) throw new CannotRun(`the config of ${image} is missing; looked for ${beside.join(', ')}`);
  return { image, config, release: release === '' ? image : release };
}

export function hasSchedExt({ config }: Kernel): boolean {
  return readFileSync(config, 'utf8').includes('\nCONFIG_SCHED_CLASS_EXT=y');
}

/** @returns false where the archive has it no longer */
function unpackPinned(apt: AptRoot, pin: KernelPin, folder: string, say: (text: string) => void): boolean {
  for (const { name, version, sha256 } of pin.packages) {
    try {
      const got = apt.unpack(name, version, folder);
      if (got !== sha256) throw new CannotRun(`${name} ${version} has another content than the pinned one: ${got}`);
    } catch (error) {
      if (apt.list(pin.alike).some((one) => one.name === name && one.version === version)) throw error;
      say(`NOTICE: ${name} ${version} is not in the archive any more`);
      return false;
    }
  }
  return true;
}

function unpackNewest(apt: AptRoot, pin: KernelPin, folder: string, say: (text: string) => void): void {
  const newest = apt.list(pin.alike)[0];
  const release = pin.alike.exec(newest?.name ?? '')?.[1];
  if (newest === undefined || release === undefined)
    throw new CannotRun(`${pin.suite} has no kernel like ${pin.alike}`);
  say(`NOTICE: takes ${newest.name} ${newest.version} instead: not the kernel that results were recorded on`);
  for (const name of pin.packagesOf(release)) apt.unpack(name, null, folder);
  writeFileSync(join(folder, 'not-pinned'), `${newest.name} ${newest.version}\n`);
}

function kernelIn(folder: string): Kernel {
  const [image] = globSync(['usr/lib/modules/*/vmlinuz', 'boot/vmlinuz-*'], { cwd: folder });
  const [config] = globSync(['usr/lib/modules/*/config', 'boot/config-*'], { cwd: folder });
  if (image === undefined || config === undefined)
    throw new CannotRun(`${folder} has no kernel; remove it and try again`);
  const release = image.startsWith('boot/') ? basename(image).replace('vmlinuz-', '') : basename(dirname(image));
  return { image: join(folder, image), config: join(folder, config), release };
}
