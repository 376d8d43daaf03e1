import type { QosClass } from './qos.ts';

/** The five tiers, most protected first. */
export const TIERS = ['critical', 'high', 'normal', 'low', 'background'] as const;

export type Tier = (typeof TIERS)[number];

/** What a pod counts as: one of the five tiers, or a system pod, which users cannot pick. */
export type TierOrSystem = Tier | 'system';

/** The PriorityClasses that the chart installs, with the value of each. */
export const TIER_CLASSES: ReadonlyMap<string, { readonly tier: Tier; readonly value: number }> = new Map([
  ['temper-critical', { tier: 'critical', value: 1_000_000 }],
  ['temper-high', { tier: 'high', value: 100_000 }],
  ['temper-normal', { tier: 'normal', value: 0 }],
  ['temper-low', { tier: 'low', value: -10 }],
  ['temper-background', { tier: 'background', value: -1_000 }],
]);

/** Kubernetes keeps what is above this for its own classes (`system-cluster-critical`, `system-node-critical`). */
export const HIGHEST_USER_PRIORITY = 1_000_000_000;

/** How priorities become tiers: docs/reference/configuration.md, `priorityMapping`. */
export interface TierPolicy {
  /** `value`: by `spec.priority`. `named`: only the chart's own classes count, all else goes by QoS class. */
  readonly mode: 'value' | 'named';
  /** The lowest priority of each tier; what is below `low` is background. */
  readonly thresholds: {
    readonly critical: number;
    readonly high: number;
    readonly normal: number;
    readonly low: number;
  };
  /** Namespaces whose pods of the cluster's own priority classes are system pods. */
  readonly systemNamespaces: ReadonlySet<string>;
}

export interface TierInput {
  readonly namespace: string;
  readonly priority: number | undefined;
  readonly priorityClassName: string | undefined;
  readonly qos: QosClass;
  readonly isStatic: boolean;
}

export interface TierDecision {
  readonly tier: TierOrSystem;
  /** One line for people: why this tier. */
  readonly reason: string;
}

/** The tier of a pod, with the reason. */
export function tierOf(input: TierInput, policy: TierPolicy): TierDecision {
  const { priorityClassName: className } = input;
  const chartClass = className === undefined ? undefined : TIER_CLASSES.get(className);
  const priority = input.priority ?? chartClass?.value;

  if (priority !== undefined && priority > HIGHEST_USER_PRIORITY) {
    const decision = aboveUserRange(priority, input, policy);
    if (decision !== null) return decision;
  }
  if (policy.mode === 'named') {
    if (chartClass !== undefined) return { tier: chartClass.tier, reason: `PriorityClass ${className}` };
    return byQos(input.qos, 'no PriorityClass of temper (priorityMapping.mode is named)');
  }
  if (className === undefined && (priority === undefined || priority === 0))
    return byQos(input.qos, 'no PriorityClass');
  if (priority === undefined) return byQos(input.qos, `the value of PriorityClass ${className} is not known`);
  return byValue(priority, className, policy);
}

function aboveUserRange(priority: number, input: TierInput, policy: TierPolicy): TierDecision | null {
  if (input.isStatic) return { tier: 'system', reason: `static pod with the system priority ${priority}` };
  if (policy.systemNamespaces.has(input.namespace)) {
    return { tier: 'system', reason: `system priority ${priority} in the system namespace ${input.namespace}` };
  }
  if (policy.mode === 'named') return null;
  return { tier: 'high', reason: `system priority ${priority} outside the system namespaces counts as high` };
}

function byQos(qos: QosClass, why: string): TierDecision {
  return { tier: qos === 'BestEffort' ? 'background' : 'normal', reason: `${why}: by QoS class ${qos}` };
}

function byValue(priority: number, className: string | undefined, { thresholds }: TierPolicy): TierDecision {
  const name = className === undefined ? '' : ` (${className})`;
  for (const tier of ['critical', 'high', 'normal', 'low'] as const) {
    if (priority >= thresholds[tier]) {
      return { tier, reason: `priority ${priority}${name} is at least ${thresholds[tier]}` };
    }
  }
  return { tier: 'background', reason: `priority ${priority}${name} is below ${thresholds.low}` };
}

/** Whether the tier's layer is protected: its pods are placed by contention, never by packing. */
export function isProtected(tier: TierOrSystem): boolean {
  return tier === 'critical' || tier === 'high';
}
