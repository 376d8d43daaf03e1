import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { OLDEST_RUST, RECIPE } from '../../patches/pin.ts';
import { ScxError } from './errors.ts';

/**
 * One source and one target folder for all builds, so that what the crate depends on is compiled once. Two builds at once
 * would change them under each other: the second one waits. Whatever ends us ends the build. Cargo takes what is older
 * than its last build for built, so the source is made new when its turn has come.
 */
const TAKE_TURN = `set -e
source=$1 made=$2 out=$3; shift 3
test -e "$made" && exit
rm -rf source "$CARGO_TARGET_DIR"/release/build/scx_layered-*
mv "$source" source
cd source
find . -type f -exec touch {} +
cargo() { setpriv --pdeathsig KILL cargo "$@"; }
`;

/** Still in its turn: the next one would put another binary there. */
const BUILD = `${TAKE_TURN}
cargo build "$@" --message-format json >"$out/messages"
mkdir "$out/bin"
cp "$CARGO_TARGET_DIR/release/scx_layered" "$out/bin"
cat "$CARGO_TARGET_DIR"/release/build/scx_layered-*/output >"$out/build-script"`;

/** The standard output belongs to the path of a binary. */
const TEST = `${TAKE_TURN}
cargo test "$@" >&2`;

/** What others may have set for builds of their own, and what is built here must not depend on. */
const FOREIGN = /^(RUSTFLAGS|CARGO_ENCODED_RUSTFLAGS|CARGO_BUILD_(?!JOBS$).*|CARGO_PROFILE_.*|BPF_.*|SCX_.*)$/;

export function buildEnv(work: string, env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !FOREIGN.test(name))),
    CARGO_TARGET_DIR: join(work, 'target'),
    BPF_CLANG: `clang-${RECIPE.clang}`,
    LIBCLANG_PATH: `/usr/lib/llvm-${RECIPE.clang}/lib`,
  };
}

export interface Job {
  /** Holds source and target folder, and the lock. */
  readonly work: string;
  /** Taken away from where it is. */
  readonly source: string;
  /** The folder that is being filled: the binary, and what was said of it. */
  readonly out: string;
  /** The folder that it becomes. Where it is there by then, nothing is done. */
  readonly made: string;
}

/** @returns cargo's exit code */
export const cargoBuild = (job: Job): number | null => inTurn(BUILD, job);
export const cargoTest = (job: Job): number | null => inTurn(TEST, job);

function inTurn(script: string, { work, source, made, out }: Job): number | null {
  const locked = ['--pdeathsig', 'KILL', 'flock', '--no-fork', join(work, 'lock')];
  const words = ['sh', '-c', script, 'sh', source, made, out, ...RECIPE.cargo];
  // What cargo says is the progress.
  const stdio = ['ignore', 'inherit', 'inherit'] as const;
  const { status, error } = spawnSync('setpriv', [...locked, ...words], {
    cwd: work,
    stdio: [...stdio],
    env: buildEnv(work),
  });
  if (error !== undefined) throw new ScxError('SCX07', `setpriv (${error.message})`);
  return status;
}

/** @throws ScxError where there is none */
export function needCargo(): void {
  if (spawnSync('cargo', ['--version']).error !== undefined)
    throw new ScxError('SCX07', `cargo; Rust ${OLDEST_RUST} or later is needed`);
}
