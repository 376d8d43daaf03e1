import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../src/model/clock.ts';
import type { HostPaths } from '../host/paths.ts';
import type { KnownGood } from './ports.ts';
import type { SchedulerConfig } from './scheduler.ts';

/** Live changes follow each other fast, and all pods are in each config: after the first the last of so long is written. */
const SAVE_MS = 1_000;

const MAX_BYTES = 1_048_576;
const HASH = z.string().min(1).max(128);

const KEPT = z.strictObject({ v: z.literal(1), sha256: z.string(), text: z.string() });
const CONFIG = z.strictObject({
  layers: z.array(z.unknown()).min(1).max(16),
  members: z.array(z.tuple([z.string().regex(/^\d{1,20}$/), z.int().min(0).max(15)])).nullable(),
  shape: HASH,
  hash: HASH,
});

/** `last-known-good.json` in the run directory, which does not outlive a boot, as cgroup ids do not either. */
export function knownGoodIn(paths: HostPaths, clock: Clock): KnownGood {
  const path = join(paths.run, 'last-known-good.json');
  let newest: SchedulerConfig | null = null;
  let isFirst = true;

  function write(): void {
    if (newest === null) return;
    const text = encode(newest);
    newest = null;
    try {
      mkdirSync(paths.run, { recursive: true });
      writeFileSync(`${path}.new`, text, { mode: 0o600 });
      renameSync(`${path}.new`, path);
    } catch {
      // A full or read-only disk: it is still known in memory.
    }
  }

  return {
    load() {
      try {
        return statSync(path).size > MAX_BYTES ? null : decode(readFileSync(path, 'utf8'));
      } catch {
        return null;
      }
    },
    save(config) {
      const isDue = newest !== null;
      newest = config;
      if (isFirst) write();
      else if (!isDue) clock.after(SAVE_MS, write);
      isFirst = false;
    },
  };
}

export function encode({ layers, members, shape, hash }: SchedulerConfig): string {
  const list = members === null ? null : [...members].map(([id, layer]) => [String(id), layer]);
  const text = JSON.stringify({ layers, members: list, shape, hash });
  return JSON.stringify({ v: 1, sha256: digest(text), text });
}

/**
 * @returns null where it is damaged
 * @throws Error where it is no such file at all
 */
export function decode(file: string): SchedulerConfig | null {
  const { sha256, text } = KEPT.parse(JSON.parse(file));
  if (digest(text) !== sha256) return null;
  const { members, ...rest } = CONFIG.parse(JSON.parse(text));
  return { ...rest, members: members === null ? null : new Map(members.map(([id, layer]) => [BigInt(id), layer])) };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
