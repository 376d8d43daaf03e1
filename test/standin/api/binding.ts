import { z } from 'zod';
import type { Clock } from '../../../src/model/clock.ts';
import { type Condition, objectKey, type PodObject, timestamp } from './objects.ts';
import { badRequest, conflict, invalid, notFound } from './refusals.ts';
import { PODS } from './resources.ts';
import { type Status, success } from './status.ts';
import type { ObjectStore } from './store.ts';

const schema = z.looseObject({
  metadata: z.looseObject({ name: z.string().optional(), uid: z.string().optional() }).default({}),
  target: z.looseObject({ kind: z.string().optional(), name: z.string().default('') }),
});

/** Puts a pod on a node: `POST …/pods/NAME/binding`. Refuses a pod that is on one, or is being deleted. */
export function bindPod(
  namespace: string,
  name: string,
  body: unknown,
  { store, clock }: { readonly store: ObjectStore; readonly clock: Clock },
): Status {
  const { data: binding } = schema.safeParse(body);
  if (binding === undefined) throw badRequest('not a Binding object');
  const { metadata, target } = binding;
  if (metadata.name !== undefined && metadata.name !== name) {
    throw badRequest('name in URL does not match name in Binding object');
  }
  if (target.name === '') {
    const problem = { field: 'target.name', reason: 'FieldValueRequired', message: 'Required value' } as const;
    throw invalid({ plural: 'bindings', kind: 'Binding', group: '' }, name, [problem]);
  }
  const key = objectKey(namespace, name);
  const pod = store.get(PODS.plural, key) as PodObject | undefined;
  if (pod === undefined) throw notFound(PODS, name);
  const refusal = refusalOf(pod, metadata.uid);
  if (refusal !== null) throw conflict({ ...PODS, plural: 'pods/binding' }, name, refusal);
  store.put(PODS.plural, key, bound(pod, target.name, timestamp(clock.now())));
  return success(201);
}

function refusalOf({ metadata, spec }: PodObject, uid: string | undefined): string | null {
  if (uid !== undefined && uid !== metadata.uid) {
    return `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`;
  }
  if (metadata.deletionTimestamp !== undefined) {
    return `pod ${metadata.name} is being deleted, cannot be assigned to a host`;
  }
  return spec.nodeName ? `pod ${metadata.name} is already assigned to node ${JSON.stringify(spec.nodeName)}` : null;
}

function bound(pod: PodObject, nodeName: string, now: string): PodObject {
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: now };
  const conditions = withCondition(pod.status?.conditions ?? [], scheduled);
  return { ...pod, spec: { ...pod.spec, nodeName }, status: { ...pod.status, conditions } };
}

/** The conditions with one of them replaced; the time of transition moves only with the status. */
export function withCondition(conditions: readonly Condition[], condition: Condition): Condition[] {
  const before = conditions.find(({ type }) => type === condition.type);
  const since = before?.status === condition.status ? before.lastTransitionTime : condition.lastTransitionTime;
  const rest = conditions.filter(({ type }) => type !== condition.type);
  return [...rest, { ...condition, ...(since !== undefined && { lastTransitionTime: since }) }];
}
