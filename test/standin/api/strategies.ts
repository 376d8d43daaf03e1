import { withDerivedDefaults } from '../admission/limit-ranger.ts';
import { withWebhookDefaults } from '../admission/registered.ts';
import type { LimitRangeSpec } from '../limit-range.ts';
import { isRecord, type KubeObject, type NodeObject, nameOf } from './objects.ts';
import { forbidden } from './refusals.ts';
import {
  AUTOSCALERS,
  LIMIT_RANGES,
  MUTATING_WEBHOOKS,
  NAMESPACES,
  NODES,
  PRIORITY_CLASSES,
  type ResourceType,
} from './resources.ts';
import type { ObjectStore } from './store.ts';

type Prepare = (object: KubeObject, store: ObjectStore) => void;

const PREPARE: ReadonlyMap<string, Prepare> = new Map<string, Prepare>([
  [NODES.plural, (object) => prepareNode(object as NodeObject)],
  [NAMESPACES.plural, prepareNamespace],
  [LIMIT_RANGES.plural, prepareLimitRange],
  [AUTOSCALERS.plural, prepareAutoscaler],
  [PRIORITY_CLASSES.plural, preparePriorityClass],
  [MUTATING_WEBHOOKS.plural, prepareWebhooks],
]);

/** What the API server makes of a new object that is no pod: fields that it fills in, rules of the kind. */
export function prepareForCreate({ plural }: ResourceType, object: KubeObject, store: ObjectStore): void {
  PREPARE.get(plural)?.(object, store);
}

function prepareNode(node: NodeObject): void {
  node.spec ??= {};
  node.status ??= {};
  if (node.status.capacity !== undefined) node.status.allocatable ??= node.status.capacity;
}

function prepareNamespace(object: KubeObject): void {
  object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': nameOf(object) };
  object['spec'] ??= { finalizers: ['kubernetes'] };
  object['status'] = { phase: 'Active' };
}

function prepareLimitRange(object: KubeObject): void {
  object['spec'] = withDerivedDefaults(object['spec'] as LimitRangeSpec);
}

function prepareAutoscaler(object: KubeObject): void {
  object['status'] ??= { desiredReplicas: 0 };
}

function preparePriorityClass(object: KubeObject, store: ObjectStore): void {
  object.metadata.generation = 1;
  object['preemptionPolicy'] ??= 'PreemptLowerPriority';
  if (object['globalDefault'] !== true) return;
  for (const other of store.all(PRIORITY_CLASSES.plural)) {
    if (!isRecord(other) || other['globalDefault'] !== true) continue;
    const why = `PriorityClass ${nameOf(other)} is already marked as default. Only one default can exist`;
    throw forbidden(PRIORITY_CLASSES, nameOf(object), why);
  }
}

function prepareWebhooks(object: KubeObject): void {
  object.metadata.generation = 1;
  object['webhooks'] = withWebhookDefaults(object);
}
