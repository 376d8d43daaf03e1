import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { tied } from '../../../../agent/scheduler/children.ts';
import type { ChildExit } from '../../../../agent/scheduler/ports.ts';
import type { Ctx } from '../runner/case.ts';

/** scx_layered as the agent starts it, without the agent. */
export interface ByHand {
  readonly child: ChildProcess;
  /** All that it printed so far, both streams. */
  output(): string;
  hasEnded(): boolean;
  /** Resolves with its exit code or signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** How it ended, as the agent would be told. */
  exit(): Promise<ChildExit>;
}

const FILE = '/run/by-hand.json';
const WORDS: readonly string[] = ['--lo-fb-share', '0.25'];

/** @param config JSON, or a text that is none @param words what comes before the config */
export function startByHand(ctx: Pick<Ctx, 'after' | 'scx'>, config: unknown, words = WORDS): ByHand {
  writeFileSync(FILE, typeof config === 'string' ? config : JSON.stringify(config));
  const [program = '', ...rest] = tied([ctx.scx, ...words, `f:${FILE}`], process.pid);
  const child = spawn(program, rest, { stdio: 'pipe', detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = once(child, 'close').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals);
  ctx.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    child,
    output: () => output,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    ended,
    async exit() {
      await ended;
      return { code: child.exitCode, signal: child.signalCode, failure: null, output };
    },
  };
}
