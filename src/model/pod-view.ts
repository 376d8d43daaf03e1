import type { Factor } from './factor.ts';
import { originalRequest } from './originals.ts';
import { controllerOf, isStaticPod, isTerminated, type Pod } from './pod.ts';
import { qosClass } from './qos.ts';
import { type SpreadOver, spreadOver } from './spread.ts';
import { type TierDecision, type TierOrSystem, type TierPolicy, tierOf } from './tier.ts';
import { type Workload, workloadOf } from './workload.ts';

/** What is kept of each pod of the cluster: small, because there may be a hundred thousand. */
export interface PodView {
  /** Empty where the object has none, as under admission. */
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** The name's beginning where a controller left the rest to the API server. */
  readonly generateName: string;
  readonly workload: Workload;
  /** Of the controller; empty for a bare pod. */
  readonly controllerUid: string;
  /** What kube-scheduler spreads the controller's pods over; null where over nothing. */
  readonly spread: SpreadOver | null;
  /** What keeps every scheduler from choosing the node freely. */
  readonly pinned: 'daemonset' | 'static' | null;
  readonly tier: TierOrSystem;
  /** Why it is of that tier, for people. */
  readonly tierReason: string;
  /** The effective CPU request before scaling, millicores. */
  readonly originalMilli: number;
  /** The effective CPU request as the spec has it, millicores. */
  readonly requestMilli: number;
  /** Why the record of original requests does not count; null where it counts or there is none. */
  readonly disbelieved: string | null;
  readonly schedulerName: string;
  /** The node it is bound to; null while it is not. */
  readonly nodeName: string | null;
  /** Milliseconds since the epoch, to the second; null where the object does not tell. */
  readonly createdAt: number | null;
  /** When it was bound, likewise; null while it is not. */
  readonly boundAt: number | null;
  /** Whether it holds or will hold CPU: not terminated and not being deleted. */
  readonly alive: boolean;
}

/** How pods are read: which tier they are of and how far their original requests are believed. */
export interface PodPolicy {
  readonly tierPolicy: TierPolicy;
  /** The webhook's minimum factor: a record that claims more scaling is not believed. */
  readonly minimumFactor: Factor;
}

/** No node comes near this; it keeps the sums of hostile requests exact. */
const MAX_REQUEST_MILLI = 1_000_000_000;

export function podView(pod: Pod, { tierPolicy, minimumFactor }: PodPolicy): PodView {
  const { metadata, spec } = pod;
  const namespace = metadata.namespace ?? '';
  const { tier, reason } = podTier(pod, namespace, tierPolicy);
  const original = originalRequest(pod, tier, minimumFactor);
  return {
    uid: metadata.uid ?? '',
    namespace,
    name: metadata.name ?? '',
    generateName: metadata.generateName ?? '',
    workload: workloadOf(pod),
    controllerUid: controllerOf(pod)?.uid ?? '',
    spread: spreadOver(pod),
    pinned: pinnedBy(pod),
    tier,
    tierReason: reason,
    originalMilli: Math.min(original.milli, MAX_REQUEST_MILLI),
    requestMilli: Math.min(original.scaledMilli, MAX_REQUEST_MILLI),
    disbelieved: original.disbelieved,
    schedulerName: spec.schedulerName || 'default-scheduler',
    nodeName: spec.nodeName || null,
    createdAt: time(metadata.creationTimestamp),
    boundAt: boundAt(pod),
    alive: !isTerminated(pod) && !metadata.deletionTimestamp,
  };
}

/** The tier of a pod in the given namespace, which an object under admission may not name itself. */
export function podTier(pod: Pod, namespace: string, policy: TierPolicy): TierDecision {
  const { priority, priorityClassName } = pod.spec;
  return tierOf(
    {
      namespace,
      priority: priority ?? undefined,
      priorityClassName: priorityClassName || undefined,
      qos: qosClass(pod),
      isStatic: isStaticPod(pod),
    },
    policy,
  );
}

function pinnedBy(pod: Pod): PodView['pinned'] {
  if (isStaticPod(pod)) return 'static';
  return controllerOf(pod)?.kind === 'DaemonSet' ? 'daemonset' : null;
}

function boundAt({ metadata, spec, status }: Pod): number | null {
  if (!spec.nodeName) return null;
  const scheduled = status?.conditions?.find(({ type, status: value }) => type === 'PodScheduled' && value === 'True');
  return time(scheduled?.lastTransitionTime) ?? time(metadata.creationTimestamp);
}

function time(text: string | null | undefined): number | null {
  const value = Date.parse(text ?? '');
  return Number.isNaN(value) ? null : value;
}
