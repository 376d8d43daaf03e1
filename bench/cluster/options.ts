import { parseArgs } from 'node:util';
import { CannotRun } from '../../scripts/making/cannot-run.ts';

export const PARTS = ['throughput', 'webhook', 'overcommit', 'memory'] as const;
export type Part = (typeof PARTS)[number];

export interface BenchOptions {
  readonly parts: readonly Part[];
  readonly nodes: number;
  readonly rounds: number;
  /** Placed in each window of the throughput. */
  readonly pods: number;
  /** Created for each arm of the webhook. */
  readonly creations: number;
  /** Bound while the service's memory is read. */
  readonly residents: number;
  /** Write bench/records/cluster.md. */
  readonly record: boolean;
}

export const USAGE = `npm run bench:cluster -- [parts] [options]
  parts            of ${PARTS.join(', ')} (all)
  --nodes N        of the cluster (500)
  --rounds N       of the throughput (5)
  --pods N         placed in each of its windows (2000)
  --creations N    of pods for each arm of the webhook, in each of two loads (2000)
  --residents N    pods that are bound while memory is read (5000)
  --smoke          little of everything, to see that it runs
  --record         write bench/records/cluster.md`;

const SMOKE = ['--nodes=120', '--rounds=1', '--pods=300', '--creations=100', '--residents=300'];

/** @throws CannotRun for words that are not understood */
export function readOptions(args: readonly string[]): BenchOptions {
  try {
    return parse(args.includes('--smoke') ? [...SMOKE, ...args.filter((arg) => arg !== '--smoke')] : args);
  } catch (error) {
    throw new CannotRun(`${(error as Error).message}\n${USAGE}`);
  }
}

function parse(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      nodes: { type: 'string', default: '500' },
      rounds: { type: 'string', default: '5' },
      pods: { type: 'string', default: '2000' },
      creations: { type: 'string', default: '2000' },
      residents: { type: 'string', default: '5000' },
      record: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.find((word) => !PARTS.some((part) => part === word));
  if (unknown !== undefined) throw new Error(`${unknown} is none of ${PARTS.join(', ')}`);
  return {
    parts: PARTS.filter((part) => positionals.length === 0 || positionals.includes(part)),
    nodes: whole(values.nodes),
    rounds: whole(values.rounds),
    pods: whole(values.pods),
    creations: whole(values.creations),
    residents: whole(values.residents),
    record: values.record,
  };
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`${text} is no whole number above 0`);
  return Number(text);
}
