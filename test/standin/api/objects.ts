/**
 * API objects as plain JSON. Only what the stand-in looks at has a type; the rest is kept as it came.
 * Stored objects are frozen: whoever wants to change one makes a copy.
 */

export type StringMap = Record<string, string>;

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ObjectMeta {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: StringMap;
  annotations?: StringMap;
  ownerReferences?: OwnerReference[];
}

export interface KubeObject {
  kind?: string;
  apiVersion?: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

export type QuantityMap = Record<string, string>;

export interface ResourceRequirements {
  requests?: QuantityMap;
  limits?: QuantityMap;
}

export interface ContainerSpec {
  name: string;
  image?: string;
  restartPolicy?: string;
  resources?: ResourceRequirements;
  [field: string]: unknown;
}

export interface PodSpec {
  containers: ContainerSpec[];
  initContainers?: ContainerSpec[];
  overhead?: QuantityMap;
  resources?: ResourceRequirements;
  nodeName?: string;
  schedulerName?: string;
  priority?: number;
  priorityClassName?: string;
  preemptionPolicy?: string;
  terminationGracePeriodSeconds?: number;
  [field: string]: unknown;
}

export interface Condition {
  type: string;
  status: string;
  lastProbeTime?: string | null;
  lastTransitionTime?: string;
  reason?: string;
  message?: string;
}

export interface PodStatus {
  phase?: string;
  conditions?: Condition[];
  qosClass?: string;
  [field: string]: unknown;
}

export interface PodObject extends KubeObject {
  spec: PodSpec;
  status?: PodStatus;
}

export interface NodeObject extends KubeObject {
  spec?: { unschedulable?: boolean; [field: string]: unknown };
  status?: { capacity?: QuantityMap; allocatable?: QuantityMap; [field: string]: unknown };
}

/** The name of an object that has one: every stored object does. */
export function nameOf(object: KubeObject): string {
  return object.metadata.name ?? '';
}

/** The key of an object in the store: `namespace/name`, or `name` for what has no namespace. */
export function keyOf(object: KubeObject): string {
  return objectKey(object.metadata.namespace, nameOf(object));
}

export function objectKey(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** A copy that may be changed. */
export function draftOf<T>(object: T): T {
  return structuredClone(object);
}

/** A time as the API writes it: UTC, whole seconds. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of an own key, so that `__proto__` and the like are never found by accident. */
export function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
