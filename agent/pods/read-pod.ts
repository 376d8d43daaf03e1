import { CONFIG_HASH, MIRROR_POD } from '../../src/model/keys.ts';
import { isStaticPod, isTerminated, type Pod, readPod } from '../../src/model/pod.ts';
import { type PodPolicy, podView } from '../../src/model/pod-view.ts';
import { qosClass } from '../../src/model/qos.ts';
import type { AgentPod } from './agent-pod.ts';
import { podLimitMilli } from './limit.ts';
import { NO_OVERRIDES, type Overrides, UID, withOverride } from './overrides.ts';
import { readPodStatus } from './pod-status.ts';

/** An API object that is understood. */
export interface AgentPodReading {
  /** Null where the pod has ended and holds no CPU any more. */
  readonly pod: AgentPod | null;
}

const ENDED: AgentPodReading = { pod: null };

/** No node comes near this; it keeps the sums of hostile limits exact. */
const MAX_LIMIT_MILLI = 1_000_000_000;

/**
 * Reads an API object as a pod of this node. Null where it is not understood. Pods that have ended hold
 * nothing: by their phase, or because they are being deleted and none of their containers runs. Never throws.
 */
export function readAgentPod(
  object: unknown,
  policy: PodPolicy,
  overrides: Overrides = NO_OVERRIDES,
): AgentPodReading | null {
  const reading = readPod(object);
  if (!reading.ok) return null;
  const { pod } = reading;
  const { runningIds, hasEnded } = readPodStatus(object);
  if (isTerminated(pod) || hasEnded) return ENDED;

  const view = podView(pod, policy);
  if (!UID.test(view.uid)) return null;
  const limitMilli = podLimitMilli(pod);
  const read: AgentPod = {
    uid: view.uid,
    cgroupUid: cgroupUidOf(pod) ?? view.uid,
    namespace: view.namespace,
    name: view.name,
    tier: view.tier,
    tierReason: view.tierReason,
    qos: qosClass(pod),
    // By the tier that the pod was admitted with: an override comes later than the webhook.
    requestMilli: view.originalMilli,
    specMilli: view.requestMilli,
    disbelieved: view.disbelieved,
    limitMilli: limitMilli === null ? null : Math.min(limitMilli, MAX_LIMIT_MILLI),
    containerIds: runningIds,
  };
  return { pod: withOverride(read, overrides) };
}

/**
 * What a static pod's cgroup is named by: kubelet makes it before the API has a uid for the pod. Users
 * can write these annotations too; `agent/cgroups/join.ts` believes them only where a container confirms it.
 */
function cgroupUidOf(pod: Pod): string | undefined {
  if (!isStaticPod(pod)) return undefined;
  const { annotations } = pod.metadata;
  return [annotations[CONFIG_HASH], annotations[MIRROR_POD]].find((hash) => hash !== undefined && UID.test(hash));
}
