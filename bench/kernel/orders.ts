/** What host and guest call things between them. */
import type { Plan } from './plan.ts';

export interface Orders {
  readonly plan: Plan;
  /** From 0. */
  readonly round: number;
}

/** Where the guest finds them. */
export const ORDERS = '/lab/bench.json';
/** The one case of the guest's program. */
export const ROUND = 'round';
/** The file with what it measured. */
export const RESULTS = 'windows.json';
/** The host reads the emulator's CPU time when it hears of these figures; their values count the windows, their unit is `MARK`. */
export const MARK = 'window';
export const BEGIN = 'begin';
export const END = 'end';
