import { CONFIG_SOURCE, MIRROR_POD } from './keys.ts';
import { type PodObject, podObject } from './pod-schema.ts';
import { parseQuantity } from './quantity.ts';

/** A quantity with the text it was written as, so that it can be put back as it was. */
export interface Quantity {
  readonly text: string;
  /** Billionths. */
  readonly nano: bigint;
}

/** Only CPU and memory decide QoS classes and requests; other resources are none of our business. */
export interface ResourceList {
  readonly cpu: Quantity | undefined;
  readonly memory: Quantity | undefined;
}

export interface Resources {
  readonly requests: ResourceList;
  readonly limits: ResourceList;
}

export interface Container {
  readonly name: string;
  readonly resources: Resources;
  /** `Always` marks a sidecar among the init containers. */
  readonly restartPolicy: string | undefined;
}

export type OwnerReference = NonNullable<PodObject['metadata']['ownerReferences']>[number];

/** What temper needs to know of a pod, read from the API object at the edge. Containers are in the order of the pod's lists. */
export interface Pod {
  readonly metadata: Omit<PodObject['metadata'], 'labels' | 'annotations' | 'ownerReferences'> & {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly ownerReferences: readonly OwnerReference[];
  };
  readonly spec: Pick<
    PodObject['spec'],
    'priority' | 'priorityClassName' | 'schedulerName' | 'nodeName' | 'topologySpreadConstraints'
  > & {
    readonly containers: readonly Container[];
    readonly initContainers: readonly Container[];
    readonly overhead: ResourceList;
    /** Pod-level resources; null where there are none. */
    readonly resources: Resources | null;
  };
  readonly status: PodObject['status'];
}

/** A pod, or where its first field that is not understood lies (a path, never a value: it may be a secret). */
export type PodReading =
  | { readonly ok: true; readonly pod: Pod }
  | { readonly ok: false; readonly path: string; readonly problem: string };

/**
 * Reads an API object as a pod. Unknown fields are dropped, a field of the wrong type makes the whole
 * pod "not understood": better to leave a pod alone than to act on half of it. Never throws.
 */
export function readPod(value: unknown): PodReading {
  const result = podObject.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0];
    return { ok: false, path: issue?.path.join('.') ?? '', problem: issue?.message ?? 'not a pod' };
  }
  try {
    return { ok: true, pod: podOf(result.data) };
  } catch (error) {
    if (!(error instanceof NotAQuantity)) throw error;
    return { ok: false, path: error.message, problem: 'not a quantity that Kubernetes would accept here' };
  }
}

/** Thrown with the place as message. Quantities are read after the schema has passed: as a part of it they cost five times as much. */
class NotAQuantity extends Error {}

function podOf({ metadata, spec, status }: PodObject): Pod {
  const { priority, priorityClassName, schedulerName, nodeName, topologySpreadConstraints } = spec;
  return {
    metadata: {
      ...metadata,
      labels: metadata.labels ?? {},
      annotations: metadata.annotations ?? {},
      ownerReferences: metadata.ownerReferences ?? [],
    },
    spec: {
      priority,
      priorityClassName,
      schedulerName,
      nodeName,
      topologySpreadConstraints,
      containers: containersOf(spec.containers, 'spec.containers'),
      initContainers: containersOf(spec.initContainers, 'spec.initContainers'),
      overhead: listOf(spec.overhead, 'spec.overhead'),
      resources: spec.resources ? resourcesOf(spec.resources, 'spec.resources') : null,
    },
    status,
  };
}

function containersOf(list: PodObject['spec']['containers'], place: string): Container[] {
  return (list ?? []).map(({ name, resources, restartPolicy }, index) => ({
    name,
    resources: resourcesOf(resources, `${place}.${index}.resources`),
    restartPolicy: restartPolicy ?? undefined,
  }));
}

function resourcesOf(resources: PodObject['spec']['resources'], place: string): Resources {
  return {
    requests: listOf(resources?.requests, `${place}.requests`),
    limits: listOf(resources?.limits, `${place}.limits`),
  };
}

function listOf(list: PodObject['spec']['overhead'], place: string): ResourceList {
  return { cpu: quantityOf(list?.cpu, place, 'cpu'), memory: quantityOf(list?.memory, place, 'memory') };
}

function quantityOf(value: string | number | undefined, place: string, resource: string): Quantity | undefined {
  if (value === undefined) return undefined;
  const text = String(value);
  const nano = parseQuantity(text);
  if (nano === null || nano < 0n) throw new NotAQuantity(`${place}.${resource}`);
  return { text, nano };
}

/** The owner that manages the pod, if any. */
export function controllerOf(value: Pod): OwnerReference | undefined {
  return value.metadata.ownerReferences.find((owner) => owner.controller === true);
}

/** Whether kubelet made the pod from a file or a URL, or it is the API server's mirror of such a pod. */
export function isStaticPod(value: Pod): boolean {
  const { annotations, ownerReferences } = value.metadata;
  const source = annotations[CONFIG_SOURCE];
  if (MIRROR_POD in annotations || (source !== undefined && source !== 'api')) return true;
  return ownerReferences.some((owner) => owner.kind === 'Node');
}

/** Whether the pod will never run again, so that it holds no CPU. */
export function isTerminated(value: Pod): boolean {
  return value.status?.phase === 'Succeeded' || value.status?.phase === 'Failed';
}

export function isSidecar(value: Container): boolean {
  return value.restartPolicy === 'Always';
}
