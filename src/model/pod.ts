import { z } from 'zod';
import { CONFIG_SOURCE, MIRROR_POD } from './keys.ts';
import { parseQuantity } from './quantity.ts';

/**
 * What temper needs to know of a pod, read from the API object at the edge. Unknown fields are
 * dropped, a field of the wrong type makes the whole pod "not understood": better to leave a pod
 * alone than to act on half of it.
 */

const quantity = z.union([z.string(), z.number()]).transform((value, context) => {
  const nano = parseQuantity(String(value));
  if (nano !== null && nano >= 0n) return { text: String(value), nano };
  context.addIssue({ code: 'custom', message: 'not a quantity that Kubernetes would accept here' });
  return z.NEVER;
});

/** A quantity with the text it was written as, so that it can be put back as it was. */
export type Quantity = z.output<typeof quantity>;

/** Only CPU and memory decide QoS classes and requests; other resources are none of our business. */
const resourceList = z
  .object({ cpu: quantity.optional(), memory: quantity.optional() })
  .nullish()
  .transform((list) => list ?? {});

const resources = z
  .object({ requests: resourceList, limits: resourceList })
  .nullish()
  .transform((value) => value ?? { requests: {}, limits: {} });

/** The requests and limits of a container or of a whole pod; CPU and memory only. */
export type Resources = z.output<typeof resources>;

const container = z.object({
  name: z.string().max(253),
  resources,
  restartPolicy: z.string().nullish(),
});

/** A container in the order of the pod's list; `restartPolicy: Always` marks a sidecar among the init containers. */
export type Container = z.output<typeof container>;

const stringMap = z
  .record(z.string(), z.string())
  .nullish()
  .transform((map) => map ?? {});

const ownerReference = z.object({
  apiVersion: z.string().nullish(),
  kind: z.string(),
  name: z.string(),
  uid: z.string().nullish(),
  controller: z.boolean().nullish(),
});

export type OwnerReference = z.output<typeof ownerReference>;

const listOf = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((list) => list ?? []);

const condition = z.object({
  type: z.string(),
  status: z.string().nullish(),
  lastTransitionTime: z.string().nullish(),
});

const pod = z.object({
  metadata: z.object({
    name: z.string().nullish(),
    generateName: z.string().nullish(),
    namespace: z.string().nullish(),
    uid: z.string().nullish(),
    creationTimestamp: z.string().nullish(),
    deletionTimestamp: z.string().nullish(),
    labels: stringMap,
    annotations: stringMap,
    ownerReferences: listOf(ownerReference),
  }),
  spec: z.object({
    containers: listOf(container),
    initContainers: listOf(container),
    overhead: resourceList,
    resources: resources.nullish(),
    priority: z.int32().nullish(),
    priorityClassName: z.string().nullish(),
    schedulerName: z.string().nullish(),
    nodeName: z.string().nullish(),
  }),
  status: z.object({ phase: z.string().nullish(), conditions: listOf(condition) }).nullish(),
});

export type Pod = z.output<typeof pod>;

/** A pod, or where its first field that is not understood lies (a path, never a value: it may be a secret). */
export type PodReading =
  | { readonly ok: true; readonly pod: Pod }
  | { readonly ok: false; readonly path: string; readonly problem: string };

/** Reads an API object as a pod. Never throws. */
export function readPod(value: unknown): PodReading {
  const result = pod.safeParse(value);
  if (result.success) return { ok: true, pod: result.data };
  const issue = result.error.issues[0];
  return { ok: false, path: issue?.path.join('.') ?? '', problem: issue?.message ?? 'not a pod' };
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
