import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, readText } from '../host/file-text.ts';
import type { HostPaths } from '../host/paths.ts';
import { isDefined, type KernelConfig, missingSymbols, readKernelConfig, readRelease } from './kernel-config.ts';

/** The path for scx_layered's `--kconfig`, or why there is none. */
export type KconfigFile = { readonly path: string } | { readonly problem: string };

/**
 * Makes the kernel's config readable for the scheduler: the system's own file where that is plain text and defines all
 * it is asked for, else a copy in temper's run directory. Without such a file the load fails with "Invalid argument".
 * Never throws.
 */
export async function kconfigFile(paths: HostPaths): Promise<KconfigFile> {
  const release = await readRelease(paths);
  const config = await readKernelConfig(paths, release);
  if (config.kind === 'none') return { problem: config.why };
  const missing = missingSymbols(config.text);
  if (missing.length > 0) return { problem: `${config.path} does not define ${missing.join(', ')}` };
  if (!config.compressed && isDefined(config.text, 'CONFIG_PREEMPT_RCU')) return { path: config.path };
  return writeCopy(paths.run, release ?? 'kernel', textForChild(config));
}

/** A kernel that cannot be preempted does not name PREEMPT_RCU; the copy says no for it. */
function textForChild({ text }: Extract<KernelConfig, { kind: 'config' }>): string {
  if (isDefined(text, 'CONFIG_PREEMPT_RCU')) return text;
  return `${text.replace(/\n?$/, '\n')}CONFIG_PREEMPT_RCU=n\n`;
}

async function writeCopy(dir: string, release: string, text: string): Promise<KconfigFile> {
  const path = join(dir, `kconfig-${release.replace(/[^\w.+-]/g, '_')}`);
  const half = `${path}.new`;
  const before = await readText(path, Buffer.byteLength(text) + 1);
  if (before.kind === 'text' && before.text === text.trim()) return { path };
  try {
    await mkdir(dir, { recursive: true, mode: 0o755 });
    await writeFile(half, text, { mode: 0o644 });
    await rename(half, path);
    return { path };
  } catch (error) {
    await rm(half, { force: true }).catch(() => undefined);
    const why = failure(error);
    return { problem: `${path} cannot be written: ${why.kind === 'unreadable' ? why.why : 'its directory is gone'}` };
  }
}
