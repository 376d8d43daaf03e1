/**
 * Why the webhook did what it did. One id serves as metric label, log field, audit annotation and
 * `explain` line. docs/reference/reasons.md is held to this table in both directions by a test.
 */
export const REASONS = {
  scaled: 'CPU requests were scaled down; the originals are in the annotation temper.codes/original-requests',
  'annotation-corrected': 'the annotation temper.codes/original-requests claimed what is not so; it now says what is',
  'already-scaled': 'the requests are scaled already, so nothing was left to do',

  'not-a-pod': 'the review is not about a pod',
  'not-a-create': 'only the creation of a pod is acted on, never an update',
  'sub-resource': 'sub-resources (resize, ephemeralcontainers, status, binding) are left alone',
  'unknown-version': 'the review is of an API version that is not understood',
  'internal-error': 'temper failed; the pod was admitted as it is',
  'not-understood': 'a field of the pod has a form that is not understood',
  'too-large': 'the pod is close to the largest object the API server stores, so nothing is added to it',

  'not-synced': 'not everything that decides is known yet, or the watch has been silent for too long',
  'namespace-unknown': 'the watch has not shown the namespace yet',
  'namespace-excluded': 'system namespaces and the release namespace are never scaled',
  'namespace-not-opted-in': 'the namespace is not labelled temper.codes/overcommit=enabled',
  'namespace-factor-invalid':
    'the annotation temper.codes/overcommit-factor of the namespace is not a decimal in (0, 1]',
  'limit-range-not-understood': 'a LimitRange of the namespace has a form that is not understood',

  'pod-opted-out': 'the pod is labelled temper.codes/overcommit=disabled',
  'mirror-pod': 'a mirror pod shows what kubelet runs already; changing it changes nothing',
  'system-pod': 'system pods are never scaled',
  'tier-critical': 'the Critical tier is never scaled',
  daemonset: 'pods of a DaemonSet are left alone: each node has one, and its size is per node',
  'pod-level-resources':
    'pod-level resources take precedence over those of containers, so scaling containers does nothing',
  guaranteed: 'scaling would turn a Guaranteed pod into a Burstable one (webhook.guaranteed is skip)',
  'vpa-managed': 'the Vertical Pod Autoscaler has set these requests; one owner of requests is enough',
  'cpu-hpa': 'a HorizontalPodAutoscaler reads CPU use as a share of the request, so scaling would make it add replicas',
  'outside-percentage': 'the workload is not in the share of workloads that webhook.percentage scales',
  'refused-downstream': 'scaled pods of this workload never appeared, so it is left unscaled for a while',

  'factor-one': 'the factor for this pod is 1',
  'nothing-to-scale': 'no container has a CPU request above the floor',
  'limit-range': 'the LimitRanges of the namespace allow no smaller request',
  'annotations-full': 'the annotations of the pod leave no room for the record of the original requests',
} as const;

export type ReasonId = keyof typeof REASONS;

/** A reason with what is particular to this pod, for people. */
export interface Reason {
  readonly id: ReasonId;
  readonly detail?: string;
}

/** The line that `explain` and the log show. */
export function reasonText({ id, detail }: Reason): string {
  return detail === undefined ? REASONS[id] : `${REASONS[id]} (${detail})`;
}
