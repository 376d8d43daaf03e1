import { isAgentArm, type Window } from './plan.ts';

/** The kernel's own words at the beginning and at the end of a window. */
export interface Live {
  readonly state: string;
  readonly ops: string;
  readonly enableSeq: number;
}

/** What the guest found in one window. */
export interface Measured {
  readonly window: Window;
  /** Seconds of the guest's clock. */
  readonly seconds: number;
  readonly begin: Live;
  readonly end: Live;
  /** Microseconds, in the order in which they came; empty without a workload that has latencies. */
  readonly latencies: readonly number[];
  /** Units of work a second, by pod, of its busy threads. */
  readonly throughput: Readonly<Record<string, number>>;
  /** CPUs that each pod used, the agent's with its scheduler among them. */
  readonly cpus: Readonly<Record<string, number>>;
  /** CPUs that each layer owned at the end; empty without a scheduler. */
  readonly layers: Readonly<Record<string, number>>;
}

/** With what the host knows: CPU time of the emulator, seconds. */
export type HostMeasured = Measured & { readonly hostSeconds: number };

/** Why the window does not count; null where the scheduler of its arm was live, and the same one, from its begin to its end. */
export function notProven({ window: { arm }, begin, end }: Measured): string | null {
  const both = [begin, end];
  if (!isAgentArm(arm)) {
    return both.every(({ state }) => state === 'disabled') ? null : `the kernel was not alone: ${JSON.stringify(both)}`;
  }
  const ours = both.every(({ state, ops }) => state === 'enabled' && ops.startsWith('layered_'));
  return ours && begin.enableSeq === end.enableSeq ? null : `not one scheduler all the time: ${JSON.stringify(both)}`;
}
