import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { CannotRun } from '../making/cannot-run.ts';
import { findProgram, librariesOf } from './closure.ts';
import type { Image } from './table.ts';

export interface RootfsOptions {
  /** Where `npm run build` put the bundles. */
  readonly dist: string;
  /** Of Node, as the lockfile pins it. */
  readonly node: string;
  /** Of scx_layered, for images that have it. */
  readonly scheduler?: string;
}

/** In the order of the alphabet of their names, as tar packs them. */
const ACCOUNTS: Readonly<Record<string, string>> = {
  '/etc/group': 'root:x:0:\nnonroot:x:65532:\n',
  '/etc/nsswitch.conf': 'hosts: files dns\n',
  '/etc/passwd': 'root:x:0:0:root:/:/usr/bin/sh\nnonroot:x:65532:65532:nonroot:/tmp:/nonexistent\n',
};

/** What other things are mounted at; where the root is read only they must be there. */
const MOUNT_POINTS = [
  '/tmp',
  '/proc',
  '/sys',
  '/dev',
  '/run/temper',
  '/run/scx',
  '/etc/temper',
  '/boot',
  '/lib/modules',
  '/var/lib',
];

/** Node looks for a package.json above a file; without one, this is a script of the older kind. */
const CLI = "#!/usr/bin/node\nimport('/app/cli/temper-cli.mjs');\n";

/** Fills a folder with what the image's root is to be. @throws CannotRun for what is missing */
export function assemble(image: Image, root: string, options: RootfsOptions): void {
  for (const path of MOUNT_POINTS) mkdirSync(join(root, path), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  // As everywhere: scx_layered has its socket below /var/run.
  symlinkSync('../run', join(root, 'var/run'));
  for (const [path, text] of Object.entries(ACCOUNTS)) write(root, path, text, 0o644);
  install(root, options.node, '/usr/bin/node');
  for (const name of image.programs) install(root, findProgram(name), `/usr/bin/${name}`);
  if (image.scheduler) {
    if (options.scheduler === undefined) throw new CannotRun('the image needs scx_layered: --scheduler PATH');
    install(root, options.scheduler, '/usr/bin/scx_layered');
  }
  for (const bundle of image.bundles) copyBundle(options.dist, bundle, join(root, 'app'));
  if ((image.bundles as readonly string[]).includes('cli')) write(root, '/usr/bin/temper-cli', CLI, 0o755);
}

/** A program, and what it is linked to. */
function install(root: string, program: string, to: string): void {
  copy(program, join(root, to), 0o755);
  for (const library of librariesOf(program)) copy(realpathSync(library), join(root, library), 0o755);
}

function copyBundle(dist: string, bundle: string, app: string): void {
  const from = join(dist, bundle);
  if (!existsSync(from)) throw new CannotRun(`${from} is missing: npm run build`);
  mkdirSync(app, { recursive: true });
  cpSync(from, join(app, bundle), { recursive: true });
  // The licences of what is bundled.
  const legal = readdirSync(dist).find((name) => name === `${bundle}.LEGAL.txt`);
  if (legal !== undefined) copyFileSync(join(dist, legal), join(app, legal));
}

function copy(from: string, to: string, mode: number): void {
  mkdirSync(dirname(to), { recursive: true });
  if (existsSync(to)) return;
  copyFileSync(from, to);
  chmodSync(to, mode);
}

function write(root: string, path: string, text: string, mode: number): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}
