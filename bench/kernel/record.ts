import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import type { Plan } from './plan.ts';
import { percentiles } from './statistics.ts';
import type { HostMeasured } from './window.ts';

const FOLDER = 'bench/records';

export interface Recorded {
  readonly args: readonly string[];
  /** That it began with. */
  readonly commit: string;
  readonly plan: Plan;
  readonly rounds: ReadonlyArray<readonly HostMeasured[]>;
  /** The tables. */
  readonly text: string;
}

/** The tables for people, and all windows as JSON, their latencies as percentiles. */
export function writeRecord({ args, commit, plan, rounds, text }: Recorded): void {
  const command = ['npm run bench:kernel --', ...args].join(' ');
  const date = new Date().toISOString().slice(0, 10);
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB`;
  const windows = rounds.map((round) =>
    round.map(({ latencies, ...rest }) => ({ ...rest, latencies: percentiles(latencies) })),
  );
  mkdirSync(FOLDER, { recursive: true });
  const head = `# kernel\n\n\`${command}\`, ${date}, ${machine}, commit ${commit}.\n`;
  writeFileSync(`${FOLDER}/kernel.md`, `${head}${text}\n`);
  writeFileSync(`${FOLDER}/kernel.json`, `${JSON.stringify({ command, date, machine, commit, plan, windows })}\n`);
}

/** What is checked out, and whether something was changed. */
export function commitNow(): string {
  return git('rev-parse', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ', with changes');
}

function git(...words: string[]): string {
  return execFileSync('git', words, { encoding: 'utf8' }).trim();
}
