import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { part } from './cache.ts';
import { CannotRun } from './cannot-run.ts';
import { CLANG, SCX_LAYERED } from './pins.ts';
import { run } from './run.ts';

/**
 * What is built lies outside of the part, so that a build that was broken off goes on where it was. Two builds at once
 * would remove it under each other; the second one waits, and finds the part made. Whatever ends us ends the build.
 */
const BUILD = `test -e "$1" && exit
shift
setpriv --pdeathsig KILL cargo install "$@" && rm -rf "$CARGO_TARGET_DIR"`;

/** scx_layered as upstream publishes it, built here once. @returns its path */
export function scxLayered(cache: string, say: (text: string) => void): string {
  const name = `scx_layered-${SCX_LAYERED}-clang${CLANG}`;
  const folder = part(cache, name, (growing) => {
    if (spawnSync('cargo', ['--version']).error !== undefined)
      throw new CannotRun('cargo is missing: install Rust 1.91 or later (rustup.rs), or give a scx_layered with --scx');
    say(`builds scx_layered ${SCX_LAYERED}: 6 minutes on two free cores, once`);
    const words = ['scx_layered', '--version', SCX_LAYERED, '--locked', '--root', growing];
    const locked = ['--pdeathsig', 'KILL', 'flock', '--no-fork', join(cache, 'cargo.lock')];
    run('setpriv', [...locked, 'sh', '-c', BUILD, 'sh', join(cache, name), ...words], {
      // What cargo says is the progress.
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        CARGO_TARGET_DIR: join(cache, 'cargo-target'),
        BPF_CLANG: `clang-${CLANG}`,
        LIBCLANG_PATH: `/usr/lib/llvm-${CLANG}/lib`,
      },
    });
  });
  return join(folder, 'bin/scx_layered');
}

export function givenScx(path: string): string {
  if (!existsSync(path)) throw new CannotRun(`there is no scheduler ${path}`);
  return path;
}
