import { perform } from '../support/perform.ts';
import type { Case, Ctx } from './case.ts';

const DEADLINE_MS = 300_000;

/**
 * Runs a case and takes back what it did, whatever came of it.
 *
 * @returns what went wrong, nothing where it passed
 */
export function runCase(one: Case, given: Omit<Ctx, 'after'>): Promise<string[]> {
  return perform(one.deadlineMs ?? DEADLINE_MS, (after) => one.run({ ...given, after }));
}
