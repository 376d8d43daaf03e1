/** What host and guest call things between them. */
import type { Plan } from './plan.ts';

export interface Orders {
  readonly plan: Plan;
  /** From 0. */
  readonly round: number;
}

/** Where the guest finds them. */
export const ORDERS = '/lab/bench.json';
/** Where the guest has scx_layered as upstream publishes it, beside the one that it is given. */
export const UPSTREAM = '/lab/scx_layered-upstream';
/** The agent's own pod, among the CPUs that were used. */
export const AGENT = 'temper-agent';
/** The one case of the guest's program. */
export const ROUND = 'round';
/** The file with what it measured. */
export const RESULTS = 'windows.json';
/** The host reads the emulator's CPU time when it hears of these figures; their values count the windows, their unit is `MARK`. */
export const MARK = 'window';
export const BEGIN = 'begin';
export const END = 'end';
