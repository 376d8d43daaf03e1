import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheOf } from '../../../../scripts/making/cache.ts';
import { CannotRun } from '../../../../scripts/making/cannot-run.ts';
import { installPackages } from '../../../../scripts/making/packages.ts';
import { baseArchive } from '../parts/initrd.ts';
import { givenKernel, hasSchedExt, type Kernel, kernel } from '../parts/kernel.ts';
import { LAB_PACKAGES } from '../parts/packages.ts';
import { NO_SCHED_EXT, OTHERS, SCHED_EXT } from '../parts/pins.ts';
import { chooseScx } from '../parts/scx.ts';
import type { KernelKind } from '../runner/case.ts';
import type { Boot } from './boots.ts';
import type { LabOptions } from './options.ts';

export interface Parts {
  readonly cache: string;
  readonly kernels: Readonly<Partial<Record<KernelKind, Kernel>>>;
  /** Archive of the guest's programs, for each scheduler. */
  readonly bases: ReadonlyMap<string, string>;
}

/** What of a guest is got or built before. */
export type Kind = Pick<Boot, 'kernel' | 'scx'>;

/** Gets or builds what these kinds of guests need, and says so where it takes a while. */
export function getParts(wanted: readonly Kind[], options: LabOptions, say: (text: string) => void): Parts {
  const cache = cacheOf('kernel-lab');
  installPackages(LAB_PACKAGES, say);
  const kinds = new Set(wanted.map(({ kernel: kind }) => kind));
  const schedulers = [...new Set(wanted.map(({ scx }) => scx))];
  const kernels: Partial<Record<KernelKind, Kernel>> = {};
  if (kinds.has('sched-ext')) {
    kernels['sched-ext'] = schedExtKernel(cache, options.kernel, say);
    if (!hasSchedExt(kernels['sched-ext'])) throw new CannotRun(`${kernels['sched-ext'].image} has no sched_ext`);
  }
  if (kinds.has('no-sched-ext')) {
    kernels['no-sched-ext'] = kernel(cache, NO_SCHED_EXT, say);
    if (hasSchedExt(kernels['no-sched-ext'])) throw new CannotRun(`${kernels['no-sched-ext'].image} has sched_ext`);
  }
  const bases = new Map(schedulers.map((scx) => [scx, baseArchive(cache, programs(chooseScx(scx, say)))]));
  return { cache, kernels, bases };
}

/** The one on which temper is proven, one of the others that are pinned, or a file. */
function schedExtKernel(cache: string, asked: string | null, say: (text: string) => void): Kernel {
  if (asked === null) return kernel(cache, SCHED_EXT, say);
  const other = OTHERS.get(asked);
  return other === undefined ? givenKernel(asked) : kernel(cache, other, say);
}

function programs(scx: string): Readonly<Record<string, string>> {
  return {
    'usr/bin/node': process.execPath,
    'usr/bin/scx_layered': scx,
    'usr/bin/ip': ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip'].find(existsSync) ?? '',
  };
}

export function runFolder(cache: string): string {
  return join(cache, 'runs', new Date().toISOString().replaceAll(/[:.]/g, '-'));
}
