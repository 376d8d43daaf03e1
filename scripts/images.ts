// Assembles what is in the images, without a container tool: a folder for each with its root, or an archive that one loads.
// The Dockerfiles run the same.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { pack } from './images/archive.ts';
import { addLicence, addSchedulerSources } from './images/licences.ts';
import { assemble } from './images/rootfs.ts';
import { IMAGES, type ImageName } from './images/table.ts';
import { CannotRun } from './making/cannot-run.ts';

const USAGE = `npm run images -- [options]
  --image NAME      ${Object.keys(IMAGES).join(', ')}; without it all
  --out DIR         where to, dist/images unless given
  --scheduler PATH  of scx_layered, for temper-agent: npm run scx:build prints it
  --rootfs          the root as a folder, no archive
  --tag TAG         ${packageJson.version} unless given`;

function options() {
  const string = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    const words = { image: string, out: string, scheduler: string, tag: string, rootfs: flag, help: flag };
    return parseArgs({ options: words }).values;
  } catch (error) {
    throw new CannotRun(`${(error as Error).message}\n${USAGE}`);
  }
}

function main(): void {
  const { image, out = 'dist/images', scheduler, tag = packageJson.version, rootfs, help } = options();
  if (help) {
    console.error(USAGE);
    return;
  }
  if (image !== undefined && !(image in IMAGES)) throw new CannotRun(`there is no image ${image}\n${USAGE}`);
  const names = (image === undefined ? Object.keys(IMAGES) : [image]) as ImageName[];
  execFileSync(process.execPath, ['scripts/build.ts'], { stdio: ['ignore', 'inherit', 'inherit'] });
  mkdirSync(out, { recursive: true });
  for (const name of names) make(name, out, tag, rootfs, scheduler);
}

function make(name: ImageName, out: string, tag: string, rootfs: boolean, scheduler: string | undefined): void {
  const root = join(out, name);
  rmSync(root, { recursive: true, force: true });
  const parts = { dist: 'dist', node: process.execPath, ...(scheduler !== undefined && { scheduler }) };
  assemble(IMAGES[name], root, parts);
  addLicence(root);
  if (IMAGES[name].scheduler) addSchedulerSources(root, out);
  if (rootfs) {
    console.log(root);
    return;
  }
  const digest = pack(IMAGES[name], root, tag, Number(process.env['SOURCE_DATE_EPOCH'] ?? 0), out);
  rmSync(root, { recursive: true });
  console.log(`${join(out, name)}.tar ${digest}`);
}

try {
  main();
} catch (error) {
  console.error(error instanceof CannotRun ? error.message : error);
  process.exitCode = 1;
}
