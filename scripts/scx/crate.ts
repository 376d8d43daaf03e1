import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pin } from '../../patches/pin.ts';
import { run } from '../making/run.ts';
import { ScxError } from './errors.ts';

export interface Crate {
  /** Where cargo keeps it. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

function cargoHome(env: NodeJS.ProcessEnv = process.env): string {
  return env['CARGO_HOME'] || join(homedir(), '.cargo');
}

/** What cargo has of it in its cache, whichever registry it came from. */
function cached(crate: string, version: string, home: string): Crate[] {
  return globSync(`registry/cache/*/${crate}-${version}.crate`, { cwd: home }).map((name) => {
    const path = join(home, name);
    const bytes = readFileSync(path);
    return { path, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
}

/** `cargo info` gets one package, and none of what it depends on. It looks for a workspace around, so not from here. */
export function download(crate: string, version: string): void {
  const { status, error, stderr } = spawnSync('cargo', ['info', '--quiet', `${crate}@${version}`], {
    cwd: tmpdir(),
    encoding: 'utf8',
  });
  if (error !== undefined) throw new ScxError('SCX07', `cargo (${error.message})`);
  if (status !== 0)
    throw new ScxError('SCX05', `${crate}@${version}\n    ${stderr.trim().split('\n').slice(-3).join('\n    ')}`);
}

type Get = typeof download;

/** Any version, as cargo has checked it against its index. */
export function getCrate(crate: string, version: string, home = cargoHome(), get: Get = download): Crate {
  const [found] = cached(crate, version, home);
  if (found !== undefined) return found;
  get(crate, version);
  const [got] = cached(crate, version, home);
  if (got === undefined) throw new ScxError('SCX05', `${crate}@${version}: not in ${home}/registry/cache`);
  return got;
}

/** The pinned content and no other. Where it is there, nobody is asked. */
export function getPinned({ crate, version, sha256 }: Pin, home = cargoHome(), get: Get = download): Crate {
  const pinned = (): Crate | undefined => cached(crate, version, home).find((one) => one.sha256 === sha256);
  const there = pinned();
  if (there !== undefined) return there;
  const other = getCrate(crate, version, home, get);
  const got = pinned();
  if (got === undefined) throw new ScxError('SCX06', `${other.path} has SHA-256 ${other.sha256}, not ${sha256}`);
  return got;
}

/** All files as new as now: cargo goes by their age, and those of a crate are from 1970 or 2006. */
export function unpack({ bytes }: Crate, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const words = ['-xzm', '--no-same-owner', '--strip-components=1', '-C', folder];
  run('tar', words, { input: bytes });
}

/** The commit of upstream that the crate was published from, by its own word. */
export function commitOf(folder: string): string {
  const { git } = JSON.parse(readFileSync(join(folder, '.cargo_vcs_info.json'), 'utf8'));
  return String(git?.sha1);
}

/** The pinned source, as published. */
export function unpackPinned(pin: Pin, folder: string): void {
  const crate = getPinned(pin);
  unpack(crate, folder);
  const commit = commitOf(folder);
  if (commit !== pin.commit) throw new ScxError('SCX06', `${crate.path} is from commit ${commit}, not ${pin.commit}`);
}
