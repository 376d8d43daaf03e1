import { isDeepStrictEqual } from 'node:util';
import { DecodeError, decode } from './decode.ts';
import { eventChangeProblems, eventProblems } from './event-rules.ts';
import { mergePatch } from './merge-patch.ts';
import { metadataProblems } from './metadata-validation.ts';
import { isRecord, type KubeObject, nameOf, objectKey } from './objects.ts';
import { badRequest, conflict, invalid, notFound } from './refusals.ts';
import { EVENTS, NODES, PODS, type ResourceType } from './resources.ts';
import type { ObjectStore } from './store.ts';

export interface PatchRequest {
  readonly namespace?: string | undefined;
  readonly name: string;
  /** A JSON merge patch. */
  readonly patch: unknown;
  /** With `status` only the status of a pod or node changes, without it all else does. */
  readonly subresource?: 'status' | undefined;
}

/** Kinds whose status is a resource of its own: a write to one does not reach the other. */
const WITH_STATUS: ReadonlySet<string> = new Set([PODS.plural, NODES.plural]);

/**
 * Applies a merge patch. Like the real server it writes nothing when nothing changes, and takes
 * `metadata.resourceVersion` and `metadata.uid` in the patch as preconditions.
 */
export function patchObject(type: ResourceType, request: PatchRequest, store: ObjectStore): KubeObject {
  const key = objectKey(request.namespace, request.name);
  const current = store.get(type.plural, key);
  if (current === undefined) throw notFound(type, request.name);
  if (!isRecord(request.patch)) throw badRequest('the patch is not a JSON object');
  checkPreconditions(type, current, request.patch);
  const patched = decodePatched(type, mergePatch(current, request.patch));
  if (nameOf(patched) !== request.name || patched.metadata.namespace !== request.namespace) {
    throw badRequest(
      `the name of the object (${nameOf(patched)}) does not match the name on the URL (${request.name})`,
    );
  }
  keepSystemFields(patched, current);
  if (WITH_STATUS.has(type.plural)) keepOther(request.subresource, patched, current);
  checkPodSpec(type, patched, current);
  const problems = metadataProblems(patched.metadata);
  if (type === EVENTS) problems.push(...eventProblems(patched), ...eventChangeProblems(patched, current));
  if (problems.length > 0) throw invalid(type, request.name, problems);
  return isDeepStrictEqual(patched, current) ? current : store.put(type.plural, key, patched);
}

function checkPreconditions(type: ResourceType, current: KubeObject, patch: Record<string, unknown>): void {
  const { uid, resourceVersion } = isRecord(patch['metadata']) ? patch['metadata'] : {};
  if (typeof uid === 'string' && uid !== current.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`;
    throw conflict(type, nameOf(current), why);
  }
  if (typeof resourceVersion === 'string' && resourceVersion !== current.metadata.resourceVersion) {
    const why = 'the object has been modified; please apply your changes to the latest version and try again';
    throw conflict(type, nameOf(current), why);
  }
}

function decodePatched(type: ResourceType, merged: unknown): KubeObject {
  try {
    return decode(type, merged);
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(error.message);
    throw error;
  }
}

const SYSTEM_FIELDS = [
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'generateName',
] as const;

function keepSystemFields(patched: KubeObject, current: KubeObject): void {
  const kept = SYSTEM_FIELDS.flatMap((field) => {
    const value = current.metadata[field];
    return value === undefined ? [] : [[field, value] as const];
  });
  const changeable = Object.entries(patched.metadata).filter(([field]) => !SYSTEM_FIELDS.some((own) => own === field));
  patched.metadata = Object.fromEntries([...changeable, ...kept]);
}

function keepOther(subresource: 'status' | undefined, patched: KubeObject, current: KubeObject): void {
  const field = subresource === 'status' ? 'spec' : 'status';
  if (current[field] === undefined) delete patched[field];
  else patched[field] = current[field];
}

/** The stand-in is stricter than the real server, which lets images and a few other fields of the spec change. */
function checkPodSpec(type: ResourceType, patched: KubeObject, current: KubeObject): void {
  if (type.plural !== PODS.plural || isDeepStrictEqual(patched['spec'], current['spec'])) return;
  const message = 'Forbidden: pod updates may not change the spec';
  throw invalid(type, nameOf(current), [{ field: 'spec', reason: 'FieldValueForbidden', message }]);
}
