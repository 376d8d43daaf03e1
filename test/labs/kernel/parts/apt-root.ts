import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CannotRun } from '../../../../scripts/making/cannot-run.ts';
import { run } from '../../../../scripts/making/run.ts';
import { findMirror } from './apt-sources.ts';

export interface Listed {
  readonly name: string;
  readonly version: string;
}

/** Packages of another release of Debian, without a change to this machine's own lists. */
export interface AptRoot {
  has(name: string, version: string): boolean;
  /** Newest first. */
  list(pattern: RegExp): Listed[];
  /** Downloads and unpacks. @returns the SHA-256 of the package's file */
  unpack(name: string, version: string | null, into: string): string;
}

const SOURCES = ['/etc/apt/sources.list', '/etc/apt/sources.list.d/*.sources', '/etc/apt/sources.list.d/*.list'];

/** @throws CannotRun where this machine does not get its packages from Debian */
export function openAptRoot(folder: string, suite: string): AptRoot {
  const mirror = findMirror(
    globSync(SOURCES)
      .sort()
      .map((path) => readFileSync(path, 'utf8')),
  );
  if (mirror === null) {
    throw new CannotRun("none of apt's sources is a Debian archive; a kernel of yours can be given with --kernel");
  }
  for (const part of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, part), { recursive: true });
  const sources = join(folder, 'sources.list');
  writeFileSync(sources, `deb [signed-by=${mirror.signedBy}] ${mirror.uri} ${suite} main\n`);
  writeFileSync(join(folder, 'status'), '');
  const options = Object.entries({
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State': folder,
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'Acquire::Languages': 'none',
    // The packages land in a folder that apt's own user may not see.
    'APT::Sandbox::User': '',
    'APT::Architecture': 'amd64',
    // Else a mirror that is away looks like one that has nothing.
    'APT::Update::Error-Mode': 'any',
  }).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  run('apt-get', [...options, '-q', 'update']);

  return {
    has: (name, version) => records(options, name).includes(`\nVersion: ${version}\n`),
    list(pattern) {
      const names = run('apt-cache', [...options, 'pkgnames'])
        .split('\n')
        .filter((name) => pattern.test(name));
      return names.map((name) => ({ name, version: candidate(options, name) })).sort(newestFirst);
    },
    unpack(name, version, into) {
      const load = join(folder, 'load', name);
      mkdirSync(load, { recursive: true });
      run('apt-get', [...options, '-q', 'download', version === null ? name : `${name}=${version}`], { cwd: load });
      const file = readdirSync(load).find((one) => one.endsWith('.deb'));
      if (file === undefined || !existsSync(join(load, file)))
        throw new CannotRun(`apt-get download ${name} left no file`);
      const sha256 = createHash('sha256')
        .update(readFileSync(join(load, file)))
        .digest('hex');
      run('dpkg-deb', ['-x', join(load, file), into]);
      return sha256;
    },
  };
}

/** Of the version that apt would take. */
function candidate(options: readonly string[], name: string): string {
  return /^Version: (.*)$/m.exec(run('apt-cache', [...options, 'show', '--no-all-versions', name]))?.[1] ?? '';
}

/** Of all versions; apt-cache fails for a name that it does not know. */
function records(options: readonly string[], name: string): string {
  return spawnSync('apt-cache', [...options, 'show', name], { encoding: 'utf8' }).stdout;
}

/** Kernel versions are numbers and dots before anything else. */
function newestFirst(a: Listed, b: Listed): number {
  return b.version.localeCompare(a.version, 'en', { numeric: true });
}
