import { z } from 'zod';

/**
 * What the status of a v1 Pod says of its containers. It is read apart from the pod: a status that is
 * not understood must not make a pod of the Critical tier disappear.
 */

/** More statuses than this are not looked at; kubelet's own limits are far below. */
const MAX_STATUSES = 1_000;

const CONTAINER_ID = /^[a-z0-9][a-z0-9.+-]{0,62}:\/\/([0-9a-f]{64})$/;

const status = z.object({
  containerID: z.string().max(256).nullish(),
  state: z.object({ running: z.unknown().optional() }).nullish(),
});

const podStatus = z.object({
  metadata: z.object({ deletionTimestamp: z.string().nullish() }),
  status: z
    .object({
      containerStatuses: z.array(z.unknown()).nullish(),
      initContainerStatuses: z.array(z.unknown()).nullish(),
      ephemeralContainerStatuses: z.array(z.unknown()).nullish(),
    })
    .nullish(),
});

export interface PodStatus {
  /** Ids of the containers that run, sidecars and debugging containers among them, without the runtime's prefix. */
  readonly runningIds: readonly string[];
  /** Whether the pod is being deleted and none of its containers runs any more. */
  readonly hasEnded: boolean;
}

/** Never throws; a status that is not understood tells of no container, and of no end either. */
export function readPodStatus(object: unknown): PodStatus {
  const result = podStatus.safeParse(object);
  if (!result.success) return { runningIds: [], hasEnded: false };
  const { containerStatuses, initContainerStatuses, ephemeralContainerStatuses } = result.data.status ?? {};
  const lists = [containerStatuses, initContainerStatuses, ephemeralContainerStatuses];
  const statuses = lists.flatMap((list) => (list ?? []).slice(0, MAX_STATUSES)).map((item) => status.safeParse(item));
  const running = statuses.filter(({ data }) => data?.state?.running != null);
  const ids = running.map(({ data }) => CONTAINER_ID.exec(data?.containerID ?? '')?.[1]);
  const isUnderstood = statuses.length > 0 && statuses.every(({ success }) => success);
  return {
    runningIds: [...new Set(ids.filter((id) => id !== undefined))],
    hasEnded: Boolean(result.data.metadata.deletionTimestamp) && isUnderstood && running.length === 0,
  };
}
