import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { CannotRun } from './cannot-run.ts';

/** Runs a program to its end. @returns what it printed @throws CannotRun with its last words where it fails */
export function run(program: string, args: readonly string[], options: SpawnSyncOptions = {}): string {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    ...options,
  });
  if (status === 0) return String(stdout ?? '');
  const words = String(stderr ?? '')
    .trim()
    .split('\n')
    .slice(-5)
    .join('\n  ');
  throw new CannotRun(`${program} ${args.slice(0, 3).join(' ')} failed (${error?.message ?? status})\n  ${words}`);
}
