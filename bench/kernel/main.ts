// `npm run bench:kernel`: what the agent's scheduler does to latencies and shares, beside the kernel alone, in the guest
// of the kernel lab. docs/explanation/layers.md says what was learned by it.
import { join } from 'node:path';
import { type Lab, prepare } from '../../test/labs/kernel/host/lab.ts';
import { readOptions as labOptions } from '../../test/labs/kernel/host/options.ts';
import { getParts, runFolder } from '../../test/labs/kernel/host/parts.ts';
import { narrator, tellFailure } from '../../test/labs/telling.ts';
import { type BenchOptions, readOptions, USAGE } from './options.ts';
import { commitNow, writeRecord } from './record.ts';
import { report } from './report.ts';
import { keepRound, keptRound, type Origin } from './rounds.ts';
import { GUEST, runRound } from './run-round.ts';

const PROGRAM = join(import.meta.dirname, 'guest/main.ts');

const say = narrator(console.log);

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(USAGE);
    return;
  }
  const options = readOptions(args);
  const { plan, record } = options;
  const cache = getParts([GUEST], labOptions([]), say);
  const run = runFolder(cache.cache);
  const origin: Origin = { commit: commitNow(), plan };
  const folder = options.out ?? run;
  const all = Array.from({ length: plan.rounds }, (_, round) => round);
  const missing = all.filter((round) => round >= options.first - 1 && keptRound(folder, round, origin) === null);
  if (missing.length > 0) {
    const lab = { options: { ...labOptions([]), keep: true }, parts: cache, folder: run, say };
    await runRounds(lab, options, { missing, folder, origin });
  }
  const rounds = all.flatMap((round) => {
    const kept = keptRound(folder, round, origin);
    return kept === null ? [] : [kept];
  });
  const text = report(plan, rounds);
  console.log(text);
  say(`${rounds.length} of ${plan.rounds} rounds, kept in ${folder}`);
  if (record) writeRecord({ args, commit: origin.commit, plan, rounds, text });
}

interface Missing {
  readonly missing: readonly number[];
  readonly folder: string;
  readonly origin: Origin;
}

/** A round that fails is told, and the others are run. */
async function runRounds(
  lab: Lab,
  { plan, guests }: BenchOptions,
  { missing, folder, origin }: Missing,
): Promise<void> {
  const made = await prepare(lab, [], PROGRAM);
  const waiting = [...missing];
  const guest = async (): Promise<void> => {
    for (let round = waiting.shift(); round !== undefined; round = waiting.shift()) {
      const one = { ...lab, folder: join(lab.folder, `round-${round + 1}`) };
      const windows = await runRound(one, made, plan, round).catch(failed);
      if (windows !== null) keepRound(folder, round, { ...origin, windows });
    }
  };
  await Promise.all(Array.from({ length: guests }, guest));
}

function failed(error: unknown): null {
  tellFailure('bench', error);
  return null;
}

main().catch(failed);
