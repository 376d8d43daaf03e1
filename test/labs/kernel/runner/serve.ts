import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { Case } from './case.ts';
import { openChannel } from './channel.ts';
import type { HostOrder } from './events.ts';
import { runCase } from './run-case.ts';

const ALIVE_MS = 5_000;
/** Written by the host beside the bundle. */
const OPTIONS = '/lab/options.json';

/**
 * Above every load a case makes: what measures must not be what is measured. What it starts is back to normal at
 * once (`--reset-on-fork`). Threads for files start on demand, so they are asked for something first.
 */
async function rise(): Promise<void> {
  await Promise.all(Array.from({ length: 4 }, () => readFile(OPTIONS)));
  execFileSync('chrt', ['--all-tasks', '--reset-on-fork', '--fifo', '--pid', '50', String(process.pid)]);
}

function powerOff(): void {
  writeFileSync('/proc/sysrq-trigger', 'o');
}

/** Does the cases the host asks for, one at a time, and tells how they went. */
export async function serve(cases: readonly Case[]): Promise<void> {
  const options = JSON.parse(readFileSync(OPTIONS, 'utf8'));
  let turn = Promise.resolve();
  const channel = openChannel((order: HostOrder) => {
    if ('end' in order) return powerOff();
    turn = turn.then(() => perform(order));
  });

  async function perform({ run, seed }: Exclude<HostOrder, { end: true }>): Promise<void> {
    const chosen = cases.find(({ name }) => name === run);
    if (chosen === undefined) return channel.say({ event: 'failed', ms: 0, reason: `no case is called ${run}` });
    await runCase(chosen, { ...options, seed }, channel);
  }

  await rise();
  setInterval(() => channel.say({ event: 'alive' }), ALIVE_MS);
  channel.say({
    event: 'ready',
    release: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim(),
    cpus: availableParallelism(),
    bootMs: Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000,
  });
}
