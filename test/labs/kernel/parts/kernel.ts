import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { part } from '../../../../scripts/making/cache.ts';
import { CannotRun } from '../../../../scripts/making/cannot-run.ts';
import { type AptRoot, openAptRoot } from './apt-root.ts';
import type { KernelPin } from './pins.ts';

const NOT_PINNED = 'not-pinned';

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
    unpackKernel(apt, pin, folder);
    rmSync(join(folder, 'apt'), { recursive: true, force: true });
  });
  const other = join(wanted, NOT_PINNED);
  if (existsSync(other)) say(`NOTICE: ${readFileSync(other, 'utf8')}`);
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

/** The pinned packages, or the newest of their kind, and then a file that says so. */
export function unpackKernel(apt: AptRoot, pin: KernelPin, folder: string): void {
  const gone = pin.packages.find(({ name, version }) => !apt.has(name, version));
  if (gone === undefined) {
    unpackPinned(apt, pin, folder);
    return;
  }
  const newest = apt.list(pin.alike)[0];
  const release = pin.alike.exec(newest?.name ?? '')?.[1];
  if (newest === undefined || release === undefined)
    throw new CannotRun(`${pin.suite} has no kernel like ${pin.alike}; one of yours can be given with --kernel`);
  for (const name of pin.packagesOf(release)) apt.unpack(name, null, folder);
  const text = `${gone.name} ${gone.version} is not in the archive any more; took ${newest.name} ${newest.version}, on which no results were recorded`;
  writeFileSync(join(folder, NOT_PINNED), text);
}

function unpackPinned(apt: AptRoot, pin: KernelPin, folder: string): void {
  for (const { name, version, sha256 } of pin.packages) {
    const got = apt.unpack(name, version, folder);
    if (got !== sha256) throw new CannotRun(`${name} ${version} has another content than the pinned one: ${got}`);
  }
}

function kernelIn(folder: string): Kernel {
  const [image] = globSync(['usr/lib/modules/*/vmlinuz', 'boot/vmlinuz-*'], { cwd: folder });
  const [config] = globSync(['usr/lib/modules/*/config', 'boot/config-*'], { cwd: folder });
  if (image === undefined || config === undefined)
    throw new CannotRun(`${folder} has no kernel; remove it and try again`);
  const release = image.startsWith('boot/') ? basename(image).replace('vmlinuz-', '') : basename(dirname(image));
  return { image: join(folder, image), config: join(folder, config), release };
}
