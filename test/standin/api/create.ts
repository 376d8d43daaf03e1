import type { Clock } from '../../../src/model/clock.ts';
import { readPod } from '../../../src/model/pod.ts';
import { qosClass } from '../../../src/model/qos.ts';
import { type AdmissionDeps, mutatePod, validatePod } from '../admission/chain.ts';
import { ADMIN, type CreateOptions, type PodAdmission, type UserInfo } from '../admission/context.ts';
import { applyPodDefaults } from '../admission/defaults.ts';
import { DecodeError, decode } from './decode.ts';
import { eventProblems } from './event-rules.ts';
import { metadataProblems } from './metadata-validation.ts';
import { type KubeObject, keyOf, nameOf, type PodObject, timestamp } from './objects.ts';
import { generatedName, type Random, randomUid } from './random-names.ts';
import { alreadyExists, badRequest, invalid, notFound } from './refusals.ts';
import { EVENTS, NAMESPACES, PODS, type ResourceType } from './resources.ts';
import type { ObjectStore } from './store.ts';
import { prepareForCreate } from './strategies.ts';

export interface CreateRequest {
  /** Where the object belongs; absent for what has no namespace. */
  readonly namespace?: string | undefined;
  readonly body: unknown;
  /** @default an administrator */
  readonly user?: UserInfo;
  readonly options?: CreateOptions;
}

export interface Created {
  readonly object: KubeObject;
  /** Of the webhooks. */
  readonly warnings: readonly string[];
}

export interface CreateDeps {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly admission: AdmissionDeps;
}

const MAX_NAME_ATTEMPTS = 8;

/** Creates an object; a pod goes through admission. Rejects with the StatusError of a refusal. */
export async function createObject(type: ResourceType, request: CreateRequest, deps: CreateDeps): Promise<Created> {
  const { namespace } = request;
  const draft = decodeBody(type, request.body);
  const { metadata } = draft;
  if (namespace !== undefined && metadata.namespace !== undefined && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (namespace !== undefined) metadata.namespace = namespace;
  if (type.plural === PODS.plural) return await createPod(draft as PodObject, request, deps);
  return { object: createOther(type, draft, request, deps), warnings: [] };
}

function createOther(type: ResourceType, draft: KubeObject, request: CreateRequest, deps: CreateDeps): KubeObject {
  if (request.namespace !== undefined) namespaceOf(request.namespace, deps.store);
  prepareForCreate(type, draft, deps.store);
  fillSystemFields(type, draft, deps);
  const problems = metadataProblems(draft.metadata);
  if (type === EVENTS) problems.push(...eventProblems(draft));
  if (problems.length > 0) throw invalid(type, nameOf(draft), problems);
  return commit(type, draft, request, deps);
}

async function createPod(draft: PodObject, request: CreateRequest, deps: CreateDeps): Promise<Created> {
  const admission: PodAdmission = {
    namespace: namespaceOf(request.namespace ?? '', deps.store),
    name: draft.metadata.name || undefined,
    user: request.user ?? ADMIN,
    options: request.options ?? {},
  };
  draft.status ??= {};
  applyPodDefaults(draft);
  const { pod, warnings } = await mutatePod(draft, admission, deps.admission);
  fillSystemFields(PODS, pod, deps);
  pod.metadata.generation = 1;
  const reading = readPod(pod);
  pod.status = { phase: 'Pending', ...(reading.ok && { qosClass: qosClass(reading.pod) }) };
  validatePod(pod, admission, deps.admission.view);
  return { object: commit(PODS, pod, request, deps), warnings };
}

function decodeBody(type: ResourceType, body: unknown): KubeObject {
  try {
    const { kind, apiVersion, metadata, ...rest } = decode(type, body);
    const {
      uid: _uid,
      creationTimestamp: _creation,
      deletionTimestamp: _deletion,
      deletionGracePeriodSeconds: _grace,
      resourceVersion,
      ...own
    } = metadata;
    if (resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created');
    return { ...(kind && { kind }), ...(apiVersion && { apiVersion }), metadata: own, ...rest };
  } catch (error) {
    if (error instanceof DecodeError) throw badRequest(error.message);
    throw error;
  }
}

function namespaceOf(name: string, store: ObjectStore): KubeObject {
  const namespace = store.get(NAMESPACES.plural, name);
  if (namespace === undefined) throw notFound(NAMESPACES, name);
  return namespace;
}

/** Whatever a client or a webhook wrote there, these fields are the server's. */
function fillSystemFields(type: ResourceType, object: KubeObject, { store, clock, random }: CreateDeps): void {
  const { metadata } = object;
  metadata.uid = randomUid(random);
  metadata.creationTimestamp = timestamp(clock.now());
  if (metadata.name || !metadata.generateName) return;
  for (let attempt = 0; attempt < MAX_NAME_ATTEMPTS; attempt += 1) {
    metadata.name = generatedName(metadata.generateName, random);
    if (store.get(type.plural, keyOf(object)) === undefined) return;
  }
}

function commit(type: ResourceType, object: KubeObject, { options = {} }: CreateRequest, deps: CreateDeps): KubeObject {
  const key = keyOf(object);
  if (deps.store.get(type.plural, key) !== undefined) throw alreadyExists(type, nameOf(object));
  return options.dryRun ? object : deps.store.put(type.plural, key, object);
}
