import { z } from 'zod';

/**
 * The fields of a v1 Pod that temper reads, as the API server writes them: null stands for absent.
 * Nothing is transformed here, because a schema that only looks is compiled by zod and several times
 * faster; `pod.ts` makes the pod of it.
 */

const text = z.string().nullish();
const map = z.record(z.string(), z.string()).nullish();
const quantity = z.union([z.string(), z.number()]).optional();
const resourceList = z.object({ cpu: quantity, memory: quantity }).nullish();
const resources = z.object({ requests: resourceList, limits: resourceList }).nullish();
const container = z.object({ name: z.string().max(253), resources, restartPolicy: text });
const ownerReference = z.object({
  apiVersion: text,
  kind: z.string(),
  name: z.string(),
  uid: text,
  controller: z.boolean().nullish(),
});
const spreadConstraint = z.object({ topologyKey: text, whenUnsatisfiable: text });
const condition = z.object({ type: z.string(), status: text, lastTransitionTime: text });

export const podObject = z.object({
  metadata: z.object({
    name: text,
    generateName: text,
    namespace: text,
    uid: text,
    creationTimestamp: text,
    deletionTimestamp: text,
    labels: map,
    annotations: map,
    ownerReferences: z.array(ownerReference).nullish(),
  }),
  spec: z.object({
    containers: z.array(container).nullish(),
    initContainers: z.array(container).nullish(),
    overhead: resourceList,
    resources,
    priority: z.int32().nullish(),
    priorityClassName: text,
    schedulerName: text,
    nodeName: text,
    topologySpreadConstraints: z.array(spreadConstraint).nullish(),
  }),
  status: z.object({ phase: text, conditions: z.array(condition).nullish() }).nullish(),
});

export type PodObject = z.output<typeof podObject>;
