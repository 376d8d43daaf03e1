import type { Clock } from '../../../src/model/clock.ts';
import { isRecord, type KubeObject, nameOf, objectKey, type PodObject, timestamp } from './objects.ts';
import { conflict, notFound } from './refusals.ts';
import { NAMESPACES, PODS, RESOURCES, type ResourceType } from './resources.ts';
import { type Status, success } from './status.ts';
import type { ObjectStore } from './store.ts';

export interface RemoveRequest {
  readonly namespace?: string | undefined;
  readonly name: string;
  /** For pods. @default the pod's own period if it is on a node and has not ended, else 0 */
  readonly gracePeriodSeconds?: number | undefined;
  /** Only if the object is still this one. */
  readonly uid?: string | undefined;
}

/**
 * Deletes an object. A pod on a node is only marked, until its kubelet deletes it with a period of 0;
 * a namespace goes at once with all that is in it, where the real server takes its time.
 */
export function removeObject(
  type: ResourceType,
  request: RemoveRequest,
  { store, clock }: { readonly store: ObjectStore; readonly clock: Clock },
): KubeObject | Status {
  const key = objectKey(request.namespace, request.name);
  const current = store.get(type.plural, key);
  if (current === undefined) throw notFound(type, request.name);
  const { uid } = current.metadata;
  if (request.uid !== undefined && request.uid !== uid) {
    const why = `Precondition failed: UID in precondition: ${request.uid}, UID in object meta: ${uid}`;
    throw conflict(type, request.name, why);
  }
  if (type.plural === PODS.plural) return removePod(key, current as PodObject, request, store, clock);
  if (type.plural === NAMESPACES.plural) emptyNamespace(nameOf(current), store);
  store.remove(type.plural, key);
  const group = type.group === '' ? {} : { group: type.group };
  return success(200, { name: request.name, ...group, kind: type.plural, ...(uid !== undefined && { uid }) });
}

function removePod(key: string, pod: PodObject, request: RemoveRequest, store: ObjectStore, clock: Clock): KubeObject {
  const seconds = gracePeriod(pod, request.gracePeriodSeconds);
  const { deletionGracePeriodSeconds: before, generation = 1 } = pod.metadata;
  // A second deletion can only shorten the time that the pod has left.
  if (before !== undefined && seconds >= before && seconds > 0) return pod;
  const marked = store.put(PODS.plural, key, {
    ...pod,
    metadata: {
      ...pod.metadata,
      generation: before === undefined ? generation + 1 : generation,
      deletionTimestamp: timestamp(clock.now() + seconds * 1000),
      deletionGracePeriodSeconds: seconds,
    },
  });
  return seconds > 0 ? marked : (store.remove(PODS.plural, key) ?? marked);
}

function gracePeriod({ spec, status }: PodObject, asked: number | undefined): number {
  const hasEnded = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  if (!spec.nodeName || hasEnded) return 0;
  const seconds = asked ?? spec.terminationGracePeriodSeconds ?? 0;
  return seconds < 0 ? 1 : seconds;
}

function emptyNamespace(namespace: string, store: ObjectStore): void {
  for (const { plural } of RESOURCES.filter((type) => type.namespaced)) {
    for (const object of [...store.all(plural)]) {
      if (object.metadata.namespace === namespace) store.remove(plural, objectKey(namespace, nameOf(object)));
    }
  }
}

/** Reads the body of a DELETE request, which may be absent. */
export function readDeleteOptions(body: unknown): Pick<RemoveRequest, 'gracePeriodSeconds' | 'uid'> {
  if (!isRecord(body)) return {};
  const { gracePeriodSeconds, preconditions } = body;
  const uid = isRecord(preconditions) ? preconditions['uid'] : undefined;
  return {
    ...(typeof gracePeriodSeconds === 'number' && { gracePeriodSeconds }),
    ...(typeof uid === 'string' && { uid }),
  };
}
