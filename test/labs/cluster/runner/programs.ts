import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { run } from '../../../../scripts/making/run.ts';
import type { Built } from '../parts/build.ts';
import { CERT_MANAGER, type CertManagerImage, type Image } from './images.ts';

const REPOSITORY = join(import.meta.dirname, '../../../..');

/** What stands for an image: what it starts, and which files of this machine it sees, by their path in it. */
export interface ImageRoot {
  readonly entrypoint: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  /** The same, but it may write there. */
  readonly writable?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Whom it runs as where the pod does not say. @default root */
  readonly user?: number;
}

/** Of this machine, for Node and for programs in Go: libraries and certificates, read-only. */
const SYSTEM = ['/usr', '/bin', '/lib64', ...librariesOf('/lib')];

/** Not the whole folder: the host's modules are mounted in it. */
function librariesOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('-linux-gnu') || name.startsWith('ld-'))
    .map((name) => join(folder, name));
}

/** Bundles the processes as an image holds them. */
export function imageRoots(
  programs: Pick<Built, 'kube-scheduler' | 'cert-manager'>,
): Readonly<Record<Image, ImageRoot>> {
  run(process.execPath, ['scripts/build.ts'], { cwd: REPOSITORY });
  const system = Object.fromEntries(SYSTEM.filter((path) => existsSync(path)).map((path) => [path, path]));
  const node = { '/opt/node': dirname(process.execPath), '/app': join(REPOSITORY, 'dist') };
  const ofNode = (file: string): ImageRoot => ({
    entrypoint: ['/opt/node/node', `/app/${file}`],
    files: { ...system, ...node },
  });
  const ofGo = (program: string, ...args: string[]): ImageRoot => ({
    entrypoint: [join('/opt/go', basename(program)), ...args],
    files: { ...system, '/opt/go': dirname(program) },
  });
  const certManager = CERT_MANAGER.map((part) => [
    `cert-manager-${part}`,
    { ...ofGo(programs['cert-manager'], part), user: 1000 },
  ]);
  return {
    agent: ofNode('agent.mjs'),
    service: ofNode('service.mjs'),
    'temper-cli': ofNode('cli/temper-cli.mjs'),
    'kube-scheduler': ofGo(programs['kube-scheduler']),
    ...(Object.fromEntries(certManager) as Record<CertManagerImage, ImageRoot>),
  };
}
