import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { tied } from '../../../../agent/scheduler/children.ts';
import type { Ctx } from '../runner/case.ts';

/** scx_layered as the agent starts it, without the agent. */
export interface ByHand {
  readonly child: ChildProcess;
  /** All that it printed, both streams. */
  output(): string;
  /** Resolves with code or signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** @param words what comes before the config @param config JSON, or a text that is none */
export function startByHand(ctx: Ctx, config: unknown, words: readonly string[] = ['--lo-fb-share', '0.25']): ByHand {
  const file = '/run/by-hand.json';
  writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config));
  const [program = '', ...rest] = tied([ctx.scx, ...words, `f:${file}`], process.pid);
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals);
  ctx.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, output: () => output, ended };
}
