import { type Container, isSidecar, type Pod } from './pod.ts';

/** The CPU of one container in billionths of a core. */
export type ContainerCpu = (container: Container) => bigint;

const requestOf: ContainerCpu = (container) => container.resources.requests.cpu?.nano ?? 0n;
const limitOf: ContainerCpu = (container) => container.resources.limits.cpu?.nano ?? 0n;

/**
 * What the containers of a pod hold together: the sum of containers and sidecars, or the peak while
 * an init container runs beside the sidecars started before it, whichever is more. Overhead and
 * pod-level resources are not in it. Source: `AggregateContainerRequests` in component-helpers.
 */
export function containersCpu(pod: Pod, cpuOf: ContainerCpu): bigint {
  let steady = 0n;
  for (const container of pod.spec.containers) steady += cpuOf(container);
  let sidecars = 0n;
  let peak = 0n;
  for (const container of pod.spec.initContainers) {
    const own = cpuOf(container);
    if (isSidecar(container)) sidecars += own;
    const running = isSidecar(container) ? sidecars : sidecars + own;
    if (running > peak) peak = running;
  }
  steady += sidecars;
  return steady > peak ? steady : peak;
}

/**
 * The CPU that the scheduler counts for a pod, in billionths of a core: `PodRequests` of
 * component-helpers. Pod-level requests replace the containers'; overhead comes on top.
 *
 * @param cpuOf what to count for a container in place of its request, e.g. its original one.
 * @default cpuOf the container's CPU request, 0 without one
 */
export function podCpuRequest(pod: Pod, cpuOf: ContainerCpu = requestOf): bigint {
  const level = pod.spec.resources?.requests.cpu?.nano;
  return (level ?? containersCpu(pod, cpuOf)) + (pod.spec.overhead.cpu?.nano ?? 0n);
}

/** The CPU requests of all containers as LimitRange's type `Pod` counts them: without overhead. */
export function limitRangePodRequest(pod: Pod, cpuOf: ContainerCpu = requestOf): bigint {
  return pod.spec.resources?.requests.cpu?.nano ?? containersCpu(pod, cpuOf);
}

/** The CPU limits of all containers as LimitRange's type `Pod` counts them; 0 where none is set. */
export function limitRangePodLimit(pod: Pod): bigint {
  return pod.spec.resources?.limits.cpu?.nano ?? containersCpu(pod, limitOf);
}
