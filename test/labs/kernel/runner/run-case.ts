import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { perform } from '../../../support/perform.ts';
import type { Case, Ctx } from './case.ts';
import type { Channel } from './channel.ts';
import { kernelLog, uptime } from './kernel-log.ts';
import { leftovers, userProcesses } from './leftovers.ts';

export interface RunOptions {
  readonly long: boolean;
  readonly seed: number;
  readonly boots: number;
  readonly scx: string;
  /** Files are kept of cases that pass, too. */
  readonly keep: boolean;
}

const OUT = '/lab/out';
/** The end of a longer file is what tells. */
const MAX_FILE = 8 * 1024 * 1024;
const PIECE = 48 * 1024;
/** Processes that were told to end, and the kernel that lets go of a scheduler, take a moment. */
const SETTLE_MS = 5_000;

/** Runs a case, takes back what it did, and says how it went. */
export async function runCase(chosen: Case, options: RunOptions, channel: Channel): Promise<void> {
  const started = performance.now();
  const processes = userProcesses();
  const since = uptime();
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT, { recursive: true });

  const ctx: Omit<Ctx, 'after'> = {
    ...options,
    log: (text) => channel.say({ event: 'log', text }),
    figure: (name, value, unit) => channel.say({ event: 'figure', name, value, unit }),
    artifact: (name) => join(OUT, name),
  };
  const problems = await perform(chosen.deadlineMs, (after) => chosen.run({ ...ctx, after }));
  problems.push(...(await settled(() => leftovers(processes))));

  const ms = performance.now() - started;
  const kernel = kernelLog(since);
  problems.push(...kernel.bad.slice(0, 5).map((line) => `kernel: ${line}`));
  if (problems.length > 0 || options.keep) {
    writeFileSync(join(OUT, 'kernel.log'), kernel.text);
    sendFiles(channel);
  }
  channel.say(problems.length === 0 ? { event: 'passed', ms } : { event: 'failed', ms, reason: problems.join('\n') });
}

async function settled(look: () => string[]): Promise<string[]> {
  const deadline = performance.now() + SETTLE_MS;
  let left = look();
  while (left.length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    left = look();
  }
  return left;
}

function sendFiles(channel: Channel): void {
  for (const name of existsSync(OUT) ? readdirSync(OUT) : []) {
    const data = readFileSync(join(OUT, name)).subarray(-MAX_FILE);
    for (let at = 0; at < data.length; at += PIECE) {
      channel.say({ event: 'file', name, data: data.subarray(at, at + PIECE).toString('base64') });
    }
  }
}
