// The first list of 5,000 nodes of 13 KB, by temper's list-watch and by client-node's informer, each in a
// fresh process against one server process: `npm run bench -- list`, or `node bench/list.ts` for this alone.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { generateNode } from './list-nodes.ts';
import type { BenchResult } from './result.ts';

const VARIANTS = ['temper', 'temper, metadata only', 'client-node informer'] as const;

export type ListVariant = (typeof VARIANTS)[number];

interface Sample {
  readonly ms: number;
  readonly growthMb: number;
  readonly peakMb: number;
}

/** Targets for `temper` at full size: 1.5 s and 150 MB of growth. */
export async function benchList({ smoke }: { smoke: boolean }): Promise<BenchResult> {
  const count = smoke ? 500 : 5_000;
  const rounds = smoke ? 1 : 5;
  const server = start('list-server.ts', [String(count)]);
  try {
    const { port } = await firstWord<{ port: number }>(server);
    const samples = new Map<ListVariant, Sample[]>(VARIANTS.map((variant) => [variant, []]));
    // Alternating, so that whatever else the machine does falls on all of them.
    for (let round = 0; round < rounds; round += 1) {
      for (const variant of VARIANTS) samples.get(variant)?.push(await measure(variant, port, count));
    }
    return {
      name: 'first list of nodes',
      rows: [...samples].map(([variant, taken]) => row(variant, taken)),
      notes: notes(count, rounds),
    };
  } finally {
    server.kill();
  }
}

function measure(variant: ListVariant, port: number, count: number): Promise<Sample> {
  return firstWord(start('list-client.ts', [variant, String(port), String(count)]));
}

async function firstWord<T>(child: ChildProcess): Promise<T> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${child.spawnargs.join(' ')} ended with code ${code}`);
  });
  const [word] = await Promise.race([once(child, 'message'), ended]);
  return word;
}

function start(file: string, args: string[]): ChildProcess {
  return fork(join(import.meta.dirname, file), args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

function row(variant: ListVariant, samples: readonly Sample[]): Record<string, string | number> {
  const of = (field: keyof Sample) => samples.map((sample) => sample[field]).sort((a, b) => a - b);
  const ms = of('ms');
  return {
    client: variant,
    'ms to synced': Math.round(median(ms)),
    'ms, fastest to slowest': `${Math.round(ms[0] ?? 0)}–${Math.round(ms.at(-1) ?? 0)}`,
    'peak RSS growth, MB': Math.round(median(of('growthMb'))),
    'peak RSS, MB': Math.round(median(of('peakMb'))),
  };
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function notes(count: number, rounds: number): string[] {
  const { full, metadataOnly } = generateNode(0);
  const kb = (bytes: number) => (bytes / 1000).toFixed(1);
  return [
    `${count} nodes of ${kb(full.length)} KB (${kb(metadataOnly.length)} KB metadata only), plain HTTP on loopback, server in its own process.`,
    `Median of ${rounds}, alternating, each in a fresh process that has imported all it needs.`,
    'The RSS before the list is that of a process that strips types from its sources (temper) or has client-node loaded.',
    'Growth is VmHWM, set back before the list by /proc/self/clear_refs, minus VmRSS before the list.',
  ];
}

if (import.meta.main) {
  const { name, rows, notes: lines } = await benchList({ smoke: process.argv.includes('--smoke') });
  console.log(name);
  console.table(rows);
  for (const line of lines) console.log(line);
}
