import { isSidecar, type Pod, type Resources } from '../../src/model/pod.ts';
import { containersCpu } from '../../src/model/pod-request.ts';
import { nanoToMilli } from '../../src/model/quantity.ts';

/**
 * The CPU limit of a pod as a whole, millicores: its own where the pod has one, else what its containers
 * may use together. Null where a container that stays has none, since it may then use all that is there;
 * an init container without one does not count. Zero stands for none, as in Kubernetes.
 */
export function podLimitMilli(pod: Pod): number | null {
  const { containers, initContainers, overhead, resources } = pod.spec;
  const level = limitOf(resources);
  const staying = [...containers, ...initContainers.filter(isSidecar)];
  if (level === 0n && staying.some((container) => limitOf(container.resources) === 0n)) return null;
  const own = level > 0n ? level : containersCpu(pod, (container) => limitOf(container.resources));
  return Number(nanoToMilli(own + (overhead.cpu?.nano ?? 0n)));
}

function limitOf(resources: Resources | null): bigint {
  return resources?.limits.cpu?.nano ?? 0n;
}
