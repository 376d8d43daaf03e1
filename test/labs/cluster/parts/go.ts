import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CannotRun } from '../../../../scripts/making/cannot-run.ts';
import { run } from '../../../../scripts/making/run.ts';

/** What others may have set for builds of their own, and what is built here must not depend on. */
const FOREIGN = /^(GOFLAGS|GOWORK|GOOS|GOARCH|GOAMD64|GOEXPERIMENT|CGO_.*)$/;
const LAST_WORDS = 15;
const TELL_EACH_MS = 15_000;

/** Modules and what is compiled of them are under our own folder: what is there makes the next build short. */
export function goEnv(cache: string, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !FOREIGN.test(name))),
    CGO_ENABLED: '0',
    GOFLAGS: '-modcacherw',
    GOMODCACHE: join(cache, 'go/modules'),
    GOCACHE: join(cache, 'go/build'),
    GOWORK: 'off',
  };
}

/** @throws CannotRun where there is none, or one that is too old */
export function needGo(): string {
  try {
    return run('go', ['env', 'GOVERSION'], { cwd: join(import.meta.dirname, 'modules/kubernetes') }).trim();
  } catch (error) {
    throw new CannotRun(
      `Go 1.26 or later is needed (the packages golang-go or golang-1.26): ${(error as Error).message}`,
    );
  }
}

/** One after the other, whoever asks: two builds at once would compile the same twice. Whatever ends us ends the build. */
const BUILD = `test -e "$1" && exit 0
shift
exec go "$@"`;

export interface GoBuild {
  readonly cache: string;
  /** The folder of go.mod. */
  readonly module: string;
  readonly args: readonly string[];
  /** Where this is there when our turn has come, nothing is done. */
  readonly made: string;
  /** Told now and then how far it is. */
  readonly say: (text: string) => void;
}

/** @throws CannotRun with the compiler's last words */
export async function goBuild({ cache, module, args, made, say }: GoBuild): Promise<void> {
  const env = goEnv(cache);
  mkdirSync(join(cache, 'go'), { recursive: true });
  const locked = ['--pdeathsig', 'KILL', 'flock', '--no-fork', join(cache, 'go/lock')];
  const child = spawn('setpriv', [...locked, 'sh', '-c', BUILD, 'sh', made, 'build', '-v', ...args], {
    cwd: module,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const words: string[] = [];
  const seen = { downloaded: 0, compiled: 0 };
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith('go: downloading ')) seen.downloaded++;
    else if (/^\S+$/.test(line)) seen.compiled++;
    words.push(line);
    if (words.length > LAST_WORDS) words.shift();
  });
  const timer = setInterval(
    () => say(`  ${seen.downloaded} modules downloaded, ${seen.compiled} packages compiled`),
    TELL_EACH_MS,
  );
  const code = await new Promise<number | string | null>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (status, signal) => resolve(status ?? signal));
  }).finally(() => clearInterval(timer));
  if (code === 0) return;
  throw new CannotRun(`go ${args.at(-1)} ended with ${code}\n  ${words.join('\n  ')}`);
}
