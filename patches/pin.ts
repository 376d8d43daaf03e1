/** The scx_layered that temper runs, and how it is built. Whatever is built of it is cached by what stands here. */

/** As the package registry has it; `commit` is where upstream published it from (sched-ext/scx, scheds/rust/scx_layered). */
export const PIN = {
  crate: 'scx_layered',
  version: '1.1.4',
  sha256: '6cf7f988657407c9168ebf861be7331cf1ce73ae061aa11ea3f7658cc7012d55',
  commit: 'e7b3a219617472cf78880ac424714e52c932db61',
} as const;

export type Pin = Readonly<Record<keyof typeof PIN, string>>;

/** With the crate's own lockfile; clang compiles the BPF programs. */
export const RECIPE = {
  clang: '19',
  cargo: ['--release', '--locked'],
} as const;

/** The crate's `rust-version`. */
export const OLDEST_RUST = '1.91';
