import { parseArgs } from 'node:util';
import { CannotRun } from '../../scripts/making/cannot-run.ts';
import { ARMS, OTHERS, type Plan, WORKLOADS } from './plan.ts';

export interface BenchOptions {
  readonly plan: Plan;
  /** Guests side by side. */
  readonly guests: number;
  /** The first round to be run, from 1. */
  readonly first: number;
  /** A folder that keeps rounds; those that are there are not run again. Null for one of its own. */
  readonly out: string | null;
  /** Write bench/records/kernel.md and .json. */
  readonly record: boolean;
}

export const USAGE = `npm run bench:kernel -- [options]
  --rounds N          a guest of its own for each (3)
  --arms A,B          of ${ARMS.join(', ')} (all)
  --workloads A,B     of ${WORKLOADS.join(', ')} (all)
  --loads 0,4         busy threads for each CPU; below 1 for the batch alone (0,0.5,1,2,4)
  --others A,B|-      what pods of one tier do to each other: ${OTHERS.join(', ')} (all); - for none
  --samples N         latencies a window (2000)
  --seconds S         the longest window, seconds of the guest (40)
  --tier critical     of what is measured: critical or high (critical)
  --guests N          rounds side by side (1)
  --out FOLDER        keep the rounds there, and do not repeat those that are there
  --first N           begin with this round (1)
  --smoke             one short round, to see that it runs
  --record            write bench/records/kernel.md and kernel.json`;

const SMOKE = ['--rounds=1', '--loads=0,4', '--samples=100', '--seconds=3'];

/** @throws CannotRun for flags that are not understood */
export function readOptions(args: readonly string[]): BenchOptions {
  try {
    return parse(args.includes('--smoke') ? [...SMOKE, ...args.filter((arg) => arg !== '--smoke')] : args);
  } catch (error) {
    throw new CannotRun(`${(error as Error).message}\n${USAGE}`);
  }
}

function parse(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '3' },
      arms: { type: 'string', default: ARMS.join() },
      workloads: { type: 'string', default: WORKLOADS.join() },
      loads: { type: 'string', default: '0,0.5,1,2,4' },
      others: { type: 'string', default: OTHERS.join() },
      samples: { type: 'string', default: '2000' },
      seconds: { type: 'string', default: '40' },
      tier: { type: 'string', default: 'critical' },
      guests: { type: 'string', default: '1' },
      first: { type: 'string', default: '1' },
      out: { type: 'string' },
      record: { type: 'boolean', default: false },
    },
  });
  const [tier = 'critical'] = listOf(values.tier, ['critical', 'high'] as const);
  return {
    plan: {
      rounds: whole(values.rounds),
      arms: listOf(values.arms, ARMS),
      workloads: listOf(values.workloads, WORKLOADS),
      loads: values.loads.split(',').map(load),
      others: values.others === '-' ? [] : listOf(values.others, OTHERS),
      samples: whole(values.samples),
      seconds: whole(values.seconds),
      tier,
    },
    guests: whole(values.guests),
    first: whole(values.first),
    out: values.out ?? null,
    record: values.record,
  };
}

function listOf<T extends string>(text: string, known: readonly T[]): T[] {
  return text.split(',').map((word) => {
    const found = known.find((one) => one === word);
    if (found === undefined) throw new Error(`${word} is none of ${known.join(', ')}`);
    return found;
  });
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`${text} is no whole number above 0`);
  return Number(text);
}

function load(text: string): number {
  const value = Number(text);
  if (text === '' || !(value >= 0 && value <= 64)) throw new Error(`${text} is no load`);
  return value;
}
