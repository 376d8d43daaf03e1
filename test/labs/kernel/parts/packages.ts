import type { Packages } from '../../../../scripts/making/packages.ts';
import { SCX_PACKAGES } from '../../../../scripts/scx/packages.ts';

/** Nothing else is installed on this machine. */
export const LAB_PACKAGES: Packages = {
  ...SCX_PACKAGES,
  'qemu-system-x86': 'the virtual machine',
  iproute2: 'loopback in the guest',
  'clang-19': "scx_layered's BPF programs and the load programs",
};
