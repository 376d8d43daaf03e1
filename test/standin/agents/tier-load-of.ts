import type { Factor } from '../../../src/model/factor.ts';
import { originalRequest } from '../../../src/model/originals.ts';
import { isStaticPod, readPod } from '../../../src/model/pod.ts';
import { qosClass } from '../../../src/model/qos.ts';
import { isProtected, TIERS, type Tier, type TierOrSystem, type TierPolicy, tierOf } from '../../../src/model/tier.ts';
import type { TierLoad, TierTotals } from '../../../src/model/tier-load.ts';
import type { PodObject } from '../api/objects.ts';

/** What an agent knows of its machine. */
export interface Machine {
  /** CPUs as Kubernetes counts them: hardware threads. */
  readonly cores: number;
  /** Hardware threads of one physical core. */
  readonly threads: number;
  /** CPUs that are never fenced. */
  readonly reserveCores: number;
  /** How much of what the pods ask for they use, 0 to 1: made up, the same for every pod. */
  readonly usage: number;
  /** PSI `cpu some avg10` in percent: made up, too. */
  readonly pressure: number;
}

/** A pod as its node's agent counts it. */
export interface PodLoad {
  readonly tier: TierOrSystem;
  /** Original CPU request in millicores. */
  readonly requestMilli: number;
}

/** Steps of `usedMilli`: 5 % of the machine; noise below that writes nothing. */
const USED_STEPS = 20;
/** Steps of the pressure, in percent. */
const PRESSURE_STEP = 5;
const NONE: TierTotals = { pods: 0, requestMilli: 0, usedMilli: 0 };

/** A pod that is not understood counts as normal, and for nothing but itself. */
export function podLoadOf(object: PodObject, policy: TierPolicy, minimumFactor: Factor): PodLoad {
  const reading = readPod(object);
  if (!reading.ok) return { tier: 'normal', requestMilli: 0 };
  const { pod } = reading;
  const { tier } = tierOf(
    {
      namespace: pod.metadata.namespace ?? '',
      priority: pod.spec.priority ?? undefined,
      priorityClassName: pod.spec.priorityClassName ?? undefined,
      qos: qosClass(pod),
      isStatic: isStaticPod(pod),
    },
    policy,
  );
  return { tier, requestMilli: originalRequest(pod, tier, minimumFactor).milli };
}

/** The tier load of a node, from the pods on it. */
export function tierLoadOf(
  machine: Machine,
  pods: readonly PodLoad[],
  now: {
    readonly at: number;
    readonly heartbeatMs: number;
    readonly protection: TierLoad['protection'] | 'auto';
  },
): TierLoad {
  const totals = (tier: TierOrSystem): TierTotals =>
    totalsOf(
      machine,
      pods.filter((pod) => pod.tier === tier),
    );
  const tiers = Object.fromEntries(TIERS.map((tier) => [tier, totals(tier)])) as Record<Tier, TierTotals>;
  const hasProtected = pods.some(({ tier }) => isProtected(tier));
  const word = hasProtected ? 'enforcing' : 'ready';
  return {
    at: now.at,
    heartbeatMs: now.heartbeatMs,
    cores: machine.cores,
    threads: machine.threads,
    reserveCores: machine.reserveCores,
    protection: now.protection === 'auto' ? word : now.protection,
    tiers,
    system: totals('system'),
    pressureSome10: Math.round(machine.pressure / PRESSURE_STEP) * PRESSURE_STEP,
  };
}

function totalsOf({ cores, usage }: Machine, pods: readonly PodLoad[]): TierTotals {
  if (pods.length === 0) return NONE;
  const requestMilli = pods.reduce((sum, pod) => sum + pod.requestMilli, 0);
  const step = (cores * 1000) / USED_STEPS;
  return { pods: pods.length, requestMilli, usedMilli: Math.round((requestMilli * usage) / step) * step };
}
