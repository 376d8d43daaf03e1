import { factorToNumber, ONE } from '../src/model/factor.ts';
import { ORIGINAL_REQUESTS } from '../src/model/keys.ts';
import { decodeOriginalRequests, type OriginalRequests } from '../src/model/original-requests.ts';
import { type Pod, readPod } from '../src/model/pod.ts';
import { podTier } from '../src/model/pod-view.ts';
import type { TierDecision } from '../src/model/tier.ts';
import { type Workload, workloadOf } from '../src/model/workload.ts';
import type { Facts } from './facts.ts';
import { factorFor, firstReason, POD_GATES, REVIEW_GATES } from './gates.ts';
import { annotationOperations, type Operation, recordOf, requestOperations } from './patch.ts';
import type { WebhookPolicy } from './policy.ts';
import type { Reason } from './reasons.ts';
import type { Review } from './review.ts';
import { type ScaledContainer, type ScalePlan, scalePod } from './scale.ts';

/** `patched`: the pod is changed. `shadow`: it would have been. `unchanged`: it is left as it is. */
export type Outcome = 'patched' | 'shadow' | 'unchanged';

/** What the webhook makes of one review, with everything that explains it. */
export interface Decision {
  readonly outcome: Outcome;
  readonly reason: Reason;
  /** Empty where nothing changes, also in shadow mode. */
  readonly patch: readonly Operation[];
  /** Absent where the review was settled before the pod was read. */
  readonly pod?: Pod;
  readonly tier?: TierDecision;
  readonly workload?: Workload;
  /** In (0, 1]; absent where no gate was passed. */
  readonly factor?: number;
  /** What the rule made of each container that it speaks about. */
  readonly containers: readonly ScaledContainer[];
}

export interface DecideInput {
  readonly review: Review;
  /** Of the request body, to stay clear of the largest object that the API server stores. */
  readonly bodyBytes: number;
  readonly policy: WebhookPolicy;
  readonly facts: Facts;
  readonly isRefusedDownstream: (namespace: string, workload: Workload) => boolean;
  readonly now: number;
}

/** etcd refuses a request above 1.5 MiB; a pod that comes near it must not be made larger by us. */
const MAX_BODY_BYTES = 1_048_576;

const CONTAINER_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

const unchanged = (reason: Reason, rest: Partial<Decision> = {}): Decision => ({
  outcome: 'unchanged',
  reason,
  patch: [],
  containers: [],
  ...rest,
});

/** Decides about a review. Pure: the same input gives the same decision on each replica. Never throws. */
export function decide(input: DecideInput): Decision {
  const { review, policy, facts } = input;
  const settled = firstReason(REVIEW_GATES, input);
  if (settled !== null) return unchanged(settled);
  const reading = readPod(review.object);
  if (!reading.ok)
    return unchanged({ id: 'not-understood', detail: `${reading.path}: ${reading.problem}`.slice(0, 200) });
  if (input.bodyBytes > MAX_BODY_BYTES) return unchanged({ id: 'too-large', detail: `${input.bodyBytes} bytes` });

  const { pod } = reading;
  const workload = workloadOf(pod);
  const tier = podTier(pod, review.namespace, policy.tierPolicy);
  const known = { pod, tier, workload };
  const odd = oddName(pod);
  if (odd !== null) return unchanged({ id: 'not-understood', detail: odd }, known);
  const kept = firstReason(POD_GATES, {
    pod,
    namespace: review.namespace,
    tier: tier.tier,
    tierReason: tier.reason,
    workload,
    policy,
    facts,
    isRefusedDownstream: input.isRefusedDownstream(review.namespace, workload),
  });
  return kept === null ? scaleDecision(input, known) : unchanged(kept, known);
}

/** The record is kept by container name, so names must be what Kubernetes would admit: labels, each once. */
function oddName(pod: Pod): string | null {
  const seen = new Set<string>();
  for (const { name } of [...pod.spec.initContainers, ...pod.spec.containers]) {
    if (!CONTAINER_NAME.test(name)) return 'a container name is not a DNS label';
    if (seen.has(name)) return 'two containers have one name';
    seen.add(name);
  }
  return null;
}

type Known = Required<Pick<Decision, 'pod' | 'tier' | 'workload'>>;

function scaleDecision({ review, policy, facts }: DecideInput, known: Known): Decision {
  const { pod, tier } = known;
  const factor = factorFor(tier.tier, facts.namespace(review.namespace), policy);
  const recorded = readRecord(pod);
  const ranges = facts.limitRanges(review.namespace);
  const plan = scalePod({ pod, factor, floorMilli: policy.floorMilli, ranges, recorded });
  const rest = { ...known, factor: factorToNumber(plan?.factor ?? factor), containers: plan?.containers ?? [] };
  if (plan === null) return unchanged({ id: 'limit-range', detail: 'it refuses the pod as it is' }, rest);

  const record = recordOf(plan);
  const requests = requestOperations(plan);
  const annotation = annotationOperations(pod, hasAnnotations(review.object), recorded, record);
  if (annotation === null) return unchanged({ id: 'annotations-full' }, rest);
  const patch = [...requests, ...annotation];
  if (patch.length === 0) return unchanged(unchangedReason(plan, record !== null), rest);
  const reason: Reason = { id: requests.length > 0 ? 'scaled' : 'annotation-corrected' };
  if (policy.mode === 'shadow') return { outcome: 'shadow', reason, patch: [], ...rest };
  return { outcome: 'patched', reason, patch, ...rest };
}

function readRecord(pod: Pod): OriginalRequests | null {
  const text = pod.metadata.annotations[ORIGINAL_REQUESTS];
  if (text === undefined) return null;
  const reading = decodeOriginalRequests(text);
  return reading.ok ? reading.value : null;
}

function unchangedReason({ factor, containers }: ScalePlan, isScaledAlready: boolean): Reason {
  if (isScaledAlready) return { id: 'already-scaled' };
  if (containers.some(({ bound }) => bound === 'limit-range')) return { id: 'limit-range' };
  if (factor === ONE) return { id: 'factor-one' };
  return { id: 'nothing-to-scale' };
}

/** JSON Patch cannot add to a map that is not there. */
function hasAnnotations(object: unknown): boolean {
  const metadata = (object as { metadata?: { annotations?: unknown } } | null)?.metadata;
  return typeof metadata?.annotations === 'object' && metadata.annotations !== null;
}
