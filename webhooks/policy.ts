import { type Factor, factorOf } from '../src/model/factor.ts';
import type { Tier, TierPolicy } from '../src/model/tier.ts';
import type { Review } from './review.ts';

/** Tiers that may be scaled at all. */
export type ScalableTier = Exclude<Tier, 'critical'>;

/** What an operator decides about overcommit: docs/reference/configuration.md, `webhook`. */
export interface WebhookPolicy {
  /** `shadow` decides and counts, and changes nothing. */
  readonly mode: 'enforce' | 'shadow';
  /** The share of workloads to scale, 0 to 100. */
  readonly percentage: number;
  readonly factors: Readonly<Record<ScalableTier, Factor>>;
  /** No request is scaled below this, and smaller ones are left alone. Millicores. */
  readonly floorMilli: bigint;
  /** No factor below this is ever applied, whatever a namespace asks for. */
  readonly minimumFactor: Factor;
  readonly guaranteed: 'skip' | 'scale';
  readonly cpuHpa: 'skip' | 'scale';
  /** Whether to tell the user who creates a pod that it was scaled. */
  readonly warnings: boolean;
  /** Namespaces that are never scaled, opted in or not. */
  readonly excludedNamespaces: ReadonlySet<string>;
  /** Where dry runs ask whether the webhook works at all; empty: nowhere. */
  readonly probeNamespace: string;
  readonly tierPolicy: TierPolicy;
}

const HALF = factorOf(0.5);

/** What a review is decided by: a probe must come back scaled, however the webhook is set. Nothing is created by it. */
export function policyFor(
  policy: WebhookPolicy,
  { namespace, dryRun }: Pick<Review, 'namespace' | 'dryRun'>,
): WebhookPolicy {
  if (policy.probeNamespace === '' || namespace !== policy.probeNamespace || !dryRun) return policy;
  const factors = { high: HALF, normal: HALF, low: HALF, background: HALF };
  return { ...policy, mode: 'enforce', percentage: 100, factors, minimumFactor: HALF, floorMilli: 1n };
}
