import { TIERS, type Tier, type TierOrSystem } from '../../src/model/tier.ts';
import type { TierLoad, TierTotals } from '../../src/model/tier-load.ts';
import type { Machine } from '../machine/machine.ts';
import type { AgentPod } from '../pods/agent-pod.ts';
import { onLadder, onMultiples, PRESSURE_RUNGS } from './steps.ts';

export interface TierLoadInput {
  readonly pods: Iterable<Pick<AgentPod, 'tier' | 'requestMilli'>>;
  /** CPU in use, millicores; absent where it is not measured. */
  readonly usedMilliByTier: Readonly<Partial<Record<TierOrSystem, number>>>;
  /** PSI `cpu some avg10` of the node, percent; null where it is not measured. */
  readonly pressureSome10: number | null;
  readonly machine: { readonly cpus: { readonly length: number }; readonly threads: Machine['threads'] };
  /** CPUs that are never fenced. */
  readonly reserveCores: number;
  readonly protection: TierLoad['protection'];
  readonly heartbeatMs: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What was computed before: a measured value keeps its step until it has left it clearly. */
  readonly previous: TierLoad | null;
}

/** Steps of `usedMilli`: 5 % of the CPUs. */
const USED_STEPS = 20;

/** The most that a reader of the annotation takes. */
const MAX_MILLI = 1_000_000_000;

/** The load of a node as its annotation tells it. Requests and counts are exact; what is measured comes in steps. */
export function tierLoad(input: TierLoadInput): TierLoad {
  const { machine, previous, pressureSome10: pressure } = input;
  const cores = machine.cpus.length;
  const step = (cores * 1000) / USED_STEPS;
  const sums = sumsOf(input.pods);
  const totals = (tier: TierOrSystem): TierTotals => {
    const { pods, requestMilli } = sums.get(tier) ?? { pods: 0, requestMilli: 0 };
    const before = tier === 'system' ? previous?.system : previous?.tiers[tier];
    // What the last pod of a tier used while it ended is nobody's use any more.
    const used = pods === 0 ? 0 : input.usedMilliByTier[tier];
    return {
      pods,
      requestMilli: Math.min(Math.round(requestMilli), MAX_MILLI),
      ...(isMeasured(used) && { usedMilli: onMultiples(within(used, cores * 1000), step, before?.usedMilli) }),
    };
  };
  const tiers = Object.fromEntries(TIERS.map((tier) => [tier, totals(tier)])) as Record<Tier, TierTotals>;
  return {
    at: input.now,
    heartbeatMs: input.heartbeatMs,
    cores,
    threads: machine.threads,
    reserveCores: input.reserveCores,
    protection: input.protection,
    tiers,
    system: totals('system'),
    ...(isMeasured(pressure) && {
      pressureSome10: onLadder(within(pressure, 100), PRESSURE_RUNGS, previous?.pressureSome10),
    }),
  };
}

function sumsOf(pods: TierLoadInput['pods']): Map<TierOrSystem, { pods: number; requestMilli: number }> {
  const sums = new Map<TierOrSystem, { pods: number; requestMilli: number }>();
  for (const { tier, requestMilli } of pods) {
    const sum = sums.get(tier);
    if (sum === undefined) {
      sums.set(tier, { pods: 1, requestMilli });
    } else {
      sum.pods += 1;
      sum.requestMilli += requestMilli;
    }
  }
  return sums;
}

function isMeasured(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && !Number.isNaN(value);
}

function within(value: number, max: number): number {
  return Math.min(Math.max(value, 0), max);
}
