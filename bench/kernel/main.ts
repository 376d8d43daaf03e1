// `npm run bench:kernel`: what the agent's scheduler does to latencies and shares, beside the kernel alone, in the guest
// of the kernel lab. docs/explanation/layers.md says what was learned by it.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, seconds } from '../../test/labs/kernel/host/lab.ts';
import { readOptions as labOptions } from '../../test/labs/kernel/host/options.ts';
import { getParts, runFolder } from '../../test/labs/kernel/host/parts.ts';
import { CannotRun } from '../../test/labs/kernel/parts/cannot-run.ts';
import { readOptions } from './options.ts';
import { commitNow, writeRecord } from './record.ts';
import { report } from './report.ts';
import { runRound } from './run-round.ts';
import type { HostMeasured } from './window.ts';

const PROGRAM = join(import.meta.dirname, 'guest/main.ts');

const started = performance.now();
const say = (text: string): void => console.log(`[${seconds(performance.now() - started).padStart(8)}] ${text}`);

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const { plan, guests, record } = readOptions(args);
  const commit = commitNow();
  const options = { ...labOptions([]), keep: true };
  const parts = getParts(new Set(['sched-ext'] as const), options, say);
  const lab = { options, parts, folder: runFolder(parts.cache), say };
  const made = await prepare(lab, PROGRAM);
  const rounds: HostMeasured[][] = [];
  const waiting = Array.from({ length: plan.rounds }, (_, round) => round);
  const guest = async (): Promise<void> => {
    for (let round = waiting.shift(); round !== undefined; round = waiting.shift()) {
      const one = { ...lab, folder: join(lab.folder, `round-${round + 1}`) };
      const done = await runRound(one, made, plan, round).catch(failed);
      if (done === null) continue;
      rounds.push(done);
      // After each: a full run takes an hour.
      const text = report(plan, rounds);
      console.log(text);
      if (record) writeRecord({ args, commit, plan, rounds, text });
    }
  };
  await Promise.all(Array.from({ length: guests }, guest));
  if (rounds.length === plan.rounds) rmSync(lab.folder, { recursive: true, force: true });
}

function failed(error: unknown): null {
  console.error(error instanceof CannotRun ? `the bench cannot run: ${error.message}` : error);
  process.exitCode = 1;
  return null;
}

main().catch(failed);
