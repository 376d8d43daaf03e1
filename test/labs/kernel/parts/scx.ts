import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { part } from './cache.ts';
import { CannotRun } from './cannot-run.ts';
import { CLANG, SCX_LAYERED } from './pins.ts';
import { run } from './run.ts';

/** scx_layered as upstream publishes it, built here once. @returns its path */
export function scxLayered(cache: string, say: (text: string) => void): string {
  const folder = part(cache, `scx_layered-${SCX_LAYERED}-clang${CLANG}`, (growing) => {
    say(`builds scx_layered ${SCX_LAYERED}: 6 minutes on two free cores, once`);
    const target = join(cache, 'cargo-target');
    run('cargo', ['install', 'scx_layered', '--version', SCX_LAYERED, '--locked', '--root', growing], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        CARGO_TARGET_DIR: target,
        BPF_CLANG: `clang-${CLANG}`,
        LIBCLANG_PATH: `/usr/lib/llvm-${CLANG}/lib`,
      },
    });
    rmSync(target, { recursive: true, force: true });
  });
  return join(folder, 'bin/scx_layered');
}

export function givenScx(path: string): string {
  if (!existsSync(path)) throw new CannotRun(`there is no scheduler ${path}`);
  return path;
}
