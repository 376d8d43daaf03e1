import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from './plan.ts';
import type { HostMeasured } from './window.ts';

/** What a round was run with. */
export interface Origin {
  readonly commit: string;
  readonly plan: Plan;
}

interface Kept extends Origin {
  readonly windows: readonly HostMeasured[];
}

/** Rounds that are kept in a folder, so that a run can be cut off and taken up again, or shared by two machines. */
export function keepRound(folder: string, round: number, kept: Kept): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(folder, round), JSON.stringify(kept));
}

/**
 * A round that was kept; null where there is none.
 *
 * @throws Error where it was run with something else, so that it says nothing about this
 */
export function keptRound(folder: string, round: number, { commit, plan }: Origin): readonly HostMeasured[] | null {
  const file = fileOf(folder, round);
  const kept = read(file);
  if (kept === null) return null;
  const same = (one: Plan): string => JSON.stringify({ ...one, rounds: 0 });
  if (kept.commit !== commit || same(kept.plan) !== same(plan)) throw new Error(`${file} is of another commit or plan`);
  return kept.windows;
}

function read(file: string): Kept | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function fileOf(folder: string, round: number): string {
  return join(folder, `round-${round + 1}.json`);
}
