import type { Packages } from '../making/packages.ts';

/** What scx_layered is built with, beside Rust. */
export const SCX_PACKAGES: Packages = {
  'clang-19': "scx_layered's BPF programs",
  'libclang-19-dev': "bindings of scx_layered's BPF programs",
  'libelf-dev': 'scx_layered',
  'zlib1g-dev': 'scx_layered',
  'pkg-config': 'scx_layered',
};
