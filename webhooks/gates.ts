import { type Factor, maxFactor, ONE } from '../src/model/factor.ts';
import { MIRROR_POD, OVERCOMMIT, VPA_UPDATES } from '../src/model/keys.ts';
import { controllerOf, type Pod } from '../src/model/pod.ts';
import { qosClass } from '../src/model/qos.ts';
import type { TierOrSystem } from '../src/model/tier.ts';
import type { Workload } from '../src/model/workload.ts';
import type { Facts } from './facts.ts';
import type { NamespaceFacts } from './namespace.ts';
import type { WebhookPolicy } from './policy.ts';
import { isWithin } from './ramp.ts';
import type { Reason } from './reasons.ts';
import { isKnownVersion, type Review } from './review.ts';

/** A gate says why the pod is left alone, or null to let it through to the next. */
export type Gate<Subject> = (subject: Subject) => Reason | null;

/** Asks the gates in order; the first reason counts. */
export function firstReason<Subject>(gates: ReadonlyArray<Gate<Subject>>, subject: Subject): Reason | null {
  for (const gate of gates) {
    const reason = gate(subject);
    if (reason !== null) return reason;
  }
  return null;
}

export interface ReviewSubject {
  readonly review: Review;
  readonly policy: WebhookPolicy;
  readonly facts: Facts;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What can be told without looking at the pod; cheap ones first. */
export const REVIEW_GATES: ReadonlyArray<Gate<ReviewSubject>> = [
  ({ review }) => (isKnownVersion(review) ? null : { id: 'unknown-version', detail: review.apiVersion.slice(0, 80) }),
  ({ review }) => (review.group === '' && review.resource === 'pods' ? null : { id: 'not-a-pod' }),
  ({ review }) => (review.subResource === '' ? null : { id: 'sub-resource', detail: review.subResource.slice(0, 80) }),
  ({ review }) =>
    review.operation === 'CREATE' ? null : { id: 'not-a-create', detail: review.operation.slice(0, 80) },
  ({ review, policy }) => (policy.excludedNamespaces.has(review.namespace) ? { id: 'namespace-excluded' } : null),
  missingFacts,
  namespaceOptIn,
];

function missingFacts({ facts, now }: ReviewSubject): Reason | null {
  const detail = facts.missing(now);
  return detail === null ? null : { id: 'not-synced', detail };
}

function namespaceOptIn({ review, facts }: ReviewSubject): Reason | null {
  const namespace = facts.namespace(review.namespace);
  if (namespace === undefined) return { id: 'namespace-unknown' };
  if (!namespace.optedIn) return { id: 'namespace-not-opted-in' };
  if (namespace.factor === 'invalid') return { id: 'namespace-factor-invalid' };
  const understood = facts.limitRanges(review.namespace).every((range) => range.understood);
  return understood ? null : { id: 'limit-range-not-understood' };
}

export interface PodSubject {
  readonly pod: Pod;
  /** Of the review, which counts, not of the object. */
  readonly namespace: string;
  readonly tier: TierOrSystem;
  readonly tierReason: string;
  readonly workload: Workload;
  readonly policy: WebhookPolicy;
  readonly facts: Facts;
  /** Whether the workload is left alone because its scaled pods were refused. */
  readonly isRefusedDownstream: boolean;
}

/** What the pod itself and its owner say. */
export const POD_GATES: ReadonlyArray<Gate<PodSubject>> = [
  ({ pod }) => (MIRROR_POD in pod.metadata.annotations ? { id: 'mirror-pod' } : null),
  ({ pod }) => (pod.metadata.labels[OVERCOMMIT] === 'disabled' ? { id: 'pod-opted-out' } : null),
  ({ tier, tierReason }) => (tier === 'system' ? { id: 'system-pod', detail: tierReason } : null),
  ({ tier, tierReason }) => (tier === 'critical' ? { id: 'tier-critical', detail: tierReason } : null),
  ({ pod }) => (controllerOf(pod)?.kind === 'DaemonSet' ? { id: 'daemonset' } : null),
  hasPodLevelResources,
  ({ pod, policy }) => (policy.guaranteed === 'skip' && qosClass(pod) === 'Guaranteed' ? { id: 'guaranteed' } : null),
  ({ pod }) => (VPA_UPDATES in pod.metadata.annotations ? { id: 'vpa-managed' } : null),
  cpuHpa,
  outsidePercentage,
  ({ isRefusedDownstream }) => (isRefusedDownstream ? { id: 'refused-downstream' } : null),
];

function hasPodLevelResources({ pod }: PodSubject): Reason | null {
  return pod.spec.resources ? { id: 'pod-level-resources' } : null;
}

function cpuHpa({ namespace, workload, policy, facts }: PodSubject): Reason | null {
  if (policy.cpuHpa === 'scale') return null;
  const name = facts.cpuHpa(namespace, workload);
  return name === undefined ? null : { id: 'cpu-hpa', detail: name };
}

function outsidePercentage({ namespace, workload, policy }: PodSubject): Reason | null {
  if (isWithin(policy.percentage, namespace, workload)) return null;
  return { id: 'outside-percentage', detail: `${policy.percentage} %` };
}

/** The factor for a pod that passed the gates: the namespace's own, else its tier's; never below the minimum. */
export function factorFor(tier: TierOrSystem, namespace: NamespaceFacts | undefined, policy: WebhookPolicy): Factor {
  if (tier === 'critical' || tier === 'system') return ONE;
  const own = namespace?.factor;
  return maxFactor(typeof own === 'bigint' ? own : policy.factors[tier], policy.minimumFactor);
}
