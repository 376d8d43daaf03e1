import type { Pod, Quantity, Resources } from './pod.ts';

/** Kubernetes' quality-of-service classes. */
export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

type Totals = { cpu: bigint; memory: bigint };

const isPositive = (quantity: Quantity | undefined): boolean => quantity !== undefined && quantity.nano > 0n;

/**
 * The QoS class as Kubernetes computes it (`pkg/apis/core/v1/helper/qos`, `ComputePodQOS`): pod-level
 * resources decide where they are set, else all containers with the init containers; zero counts as
 * not set. Held to the original by test/fixtures/kubernetes/pods.jsonl.
 */
export function qosClass(pod: Pod): QosClass {
  const level = pod.spec.resources;
  const parts: readonly Resources[] = level
    ? [level]
    : [...pod.spec.containers, ...pod.spec.initContainers].map((container) => container.resources);
  const requests = sum(parts.map((part) => part.requests));
  const limits = sum(parts.map((part) => part.limits));
  if (requests.cpu + requests.memory + limits.cpu + limits.memory === 0n) return 'BestEffort';

  const limited = parts.every((part) => isPositive(part.limits.cpu) && isPositive(part.limits.memory));
  const equal = requests.cpu === limits.cpu && requests.memory === limits.memory;
  return limited && equal ? 'Guaranteed' : 'Burstable';
}

function sum(lists: ReadonlyArray<Resources['requests']>): Totals {
  const totals: Totals = { cpu: 0n, memory: 0n };
  for (const list of lists) {
    totals.cpu += list.cpu?.nano ?? 0n;
    totals.memory += list.memory?.nano ?? 0n;
  }
  return totals;
}
