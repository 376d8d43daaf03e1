import type { MemoryRow } from './memory.ts';
import { table } from './table.ts';

export function reportMemory(rows: readonly MemoryRow[]): string {
  return [
    "## The service's memory",
    table(rows.map(({ when, rss }) => ({ when, 'RSS, MB': String(rss) }))),
    '- VmRSS of the bundle with webhook and extender, no bound on its heap. V8 collects as late as its heap may grow: the last row is what it takes, not what it needs.',
  ].join('\n\n');
}
