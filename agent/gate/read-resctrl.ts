import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, readText } from '../host/file-text.ts';
import type { ResctrlCounter, ResctrlFacts } from './facts.ts';

/** Directories of a resctrl mount that are not control groups. */
const OWN = new Set(['info', 'mon_data', 'mon_groups']);

/** More domains than any machine has. */
const MAX_DOMAINS = 256;

/** @param dir where resctrl is mounted, if it is. Not mounted, it is an empty directory or none. */
export async function readResctrl(dir: string): Promise<ResctrlFacts> {
  let entries: Dirent[];
  try {
    entries = await readdir(dir, { withFileTypes: true });
  } catch (error) {
    const why = failure(error);
    return why.kind === 'unreadable' ? { mounted: null, why: why.why } : { mounted: false };
  }
  if (entries.length === 0) return { mounted: false };
  const control = entries.filter((entry) => entry.isDirectory() && !OWN.has(entry.name)).map(({ name }) => name);
  const monitor = await namesIn(join(dir, 'mon_groups'));
  const domains = (await namesIn(join(dir, 'mon_data'))).filter((name) => name.startsWith('mon_L3_'));
  const counters = domains.slice(0, MAX_DOMAINS).map(
    async (domain): Promise<ResctrlCounter> => ({
      domain,
      value: await readText(join(dir, 'mon_data', domain, 'mbm_total_bytes')),
    }),
  );
  return { mounted: true, groups: [...control, ...monitor], counters: await Promise.all(counters) };
}

/** Empty where there is no such directory: a machine without bandwidth monitoring has none. */
function namesIn(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => []);
}
