import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { readBytes, readText } from '../host/file-text.ts';
import type { HostPaths } from '../host/paths.ts';

/** The options the running kernel was built with, or why they are not known. */
export type KernelConfig =
  | { readonly kind: 'config'; readonly path: string; readonly text: string; readonly compressed: boolean }
  | { readonly kind: 'none'; readonly why: string };

/**
 * What scx_layered's BPF object asks the kernel's config for. A file given by `--kconfig` must define all of them, or
 * libbpf goes looking for the system's own.
 */
export const KCONFIG_SYMBOLS = [
  'CONFIG_HZ',
  'CONFIG_PREEMPT_RCU',
  'CONFIG_CC_VERSION_TEXT',
  'CONFIG_LOCALVERSION',
] as const;

export type KconfigSymbol = (typeof KCONFIG_SYMBOLS)[number];

/** A config is some 300 kB, a tenth of that compressed. */
const MAX_TEXT = 4 * 1024 * 1024;

const unzip = promisify(gunzip);

/** `uname -r` of the host; null where procfs does not tell, or tells what cannot be part of a path. */
export async function readRelease(paths: HostPaths): Promise<string | null> {
  const release = await readText(join(paths.proc, 'sys/kernel/osrelease'));
  return release.kind === 'text' && /^[\w.+~-]{1,128}$/.test(release.text) && !release.text.startsWith('.')
    ? release.text
    : null;
}

/** Where the kernel's config does not tell: the slowest that is common. */
const SLOWEST_HZ = 100;

/** Milliseconds between two ticks of the running kernel. Never throws. */
export async function readTickMs(paths: HostPaths): Promise<number> {
  const config = await readKernelConfig(paths, await readRelease(paths));
  const hz = config.kind === 'none' ? null : kernelOption(config.text, 'CONFIG_HZ');
  return 1000 / (/^[1-9]\d{1,4}$/.test(hz ?? '') ? Number(hz) : SLOWEST_HZ);
}

/** Reads the running kernel's own copy, else the one its package installed. Never throws. */
export async function readKernelConfig(paths: HostPaths, release: string | null): Promise<KernelConfig> {
  const candidates = [
    join(paths.proc, 'config.gz'),
    ...(release === null ? [] : [join(paths.boot, `config-${release}`), join(paths.modules, release, 'config')]),
  ];
  const reasons: string[] = [];
  for (const path of candidates) {
    const read = await readBytes(path, MAX_TEXT);
    if (read.kind === 'absent') continue;
    const text = read.kind === 'bytes' ? await decoded(read.bytes) : null;
    if (text !== null && /^(?:# )?CONFIG_\w/m.test(text.text)) return { kind: 'config', path, ...text };
    reasons.push(`${path}: ${read.kind === 'unreadable' ? read.why : "it is no kernel's config"}`);
  }
  return { kind: 'none', why: reasons.length > 0 ? reasons.join('; ') : `none of ${candidates.join(', ')} is there` };
}

/** Null where the bytes are a broken or huge archive. */
async function decoded(bytes: Buffer): Promise<{ readonly text: string; readonly compressed: boolean } | null> {
  const compressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!compressed) return { text: bytes.toString('utf8'), compressed };
  try {
    return { text: (await unzip(bytes, { maxOutputLength: MAX_TEXT })).toString('utf8'), compressed };
  } catch {
    return null;
  }
}

/** @returns the value as written; 'n' where the text says `is not set`; null where it does not name the option */
export function kernelOption(text: string, option: `CONFIG_${string}`): string | null {
  const match = new RegExp(`^(?:${option}=(.*)|# ${option} is not set)$`, 'm').exec(text);
  if (match === null) return null;
  return match[1]?.trim() ?? 'n';
}

/** The symbols that a text lacks. A switch that cannot be on is not named at all, so PREEMPT_RCU is never among them. */
export function missingSymbols(text: string): readonly KconfigSymbol[] {
  return KCONFIG_SYMBOLS.filter((symbol) => symbol !== 'CONFIG_PREEMPT_RCU' && !isDefined(text, symbol));
}

/** Whether libbpf finds the symbol: it reads `NAME=value` and skips comments, `is not set` among them. */
export function isDefined(text: string, symbol: KconfigSymbol): boolean {
  return new RegExp(`^${symbol}=.`, 'm').test(text);
}
