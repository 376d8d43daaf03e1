import type { Factor } from './factor.ts';
import { originalRequest } from './originals.ts';
import { controllerOf, isStaticPod, isTerminated, type Pod } from './pod.ts';
import { qosClass } from './qos.ts';
import { type TierDecision, type TierPolicy, tierOf } from './tier.ts';
import { type Workload, workloadOf } from './workload.ts';

/** What is kept of each pod of the cluster: small, because there may be a hundred thousand. */
export interface PodView {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** The name's beginning where a controller left the rest to the API server. */
  readonly generateName: string;
  readonly workload: Workload;
  /** The kind of the controller, '' for a bare pod. */
  readonly controllerKind: string;
  readonly controllerUid: string;
  readonly isStatic: boolean;
  readonly tier: TierDecision;
  /** The effective CPU request before scaling, millicores. */
  readonly originalMilli: number;
  /** The effective CPU request in the spec, millicores. */
  readonly scaledMilli: number;
  /** Why the record of original requests does not count; null where it counts or there is none. */
  readonly disbelieved: string | null;
  readonly schedulerName: string;
  /** '' until the pod is bound. */
  readonly nodeName: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** When it was bound, milliseconds since the epoch; its creation where the API does not say. */
  readonly boundAt: number;
  /** Whether it holds CPU no longer: succeeded, failed or being deleted. */
  readonly isGone: boolean;
}

export interface PodViewPolicy {
  readonly tierPolicy: TierPolicy;
  readonly minimumFactor: Factor;
}

export function podView(pod: Pod, { tierPolicy, minimumFactor }: PodViewPolicy): PodView {
  const { metadata, spec, status } = pod;
  const namespace = metadata.namespace ?? '';
  const controller = controllerOf(pod);
  const isStatic = isStaticPod(pod);
  const tier = podTier(pod, namespace, tierPolicy);
  const { milli, scaledMilli, disbelieved } = originalRequest(pod, tier.tier, minimumFactor);
  const createdAt = time(metadata.creationTimestamp) ?? 0;
  const scheduled = status?.conditions.find(({ type, status: is }) => type === 'PodScheduled' && is === 'True');
  return {
    uid: metadata.uid ?? '',
    namespace,
    name: metadata.name ?? '',
    generateName: metadata.generateName ?? '',
    workload: workloadOf(pod),
    controllerKind: controller?.kind ?? '',
    controllerUid: controller?.uid ?? '',
    isStatic,
    tier,
    originalMilli: milli,
    scaledMilli,
    disbelieved,
    schedulerName: spec.schedulerName ?? '',
    nodeName: spec.nodeName ?? '',
    createdAt,
    boundAt: time(scheduled?.lastTransitionTime) ?? createdAt,
    isGone: isTerminated(pod) || Boolean(metadata.deletionTimestamp),
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

function time(text: string | null | undefined): number | undefined {
  const value = Date.parse(text ?? '');
  return Number.isNaN(value) ? undefined : value;
}
