import { canonicalQuantity, formatAmount, parseAmount, toWholeMilli } from '../amount.ts';
import {
  isRecord,
  type KubeObject,
  type NodeObject,
  own,
  type PodObject,
  type QuantityMap,
  type ResourceRequirements,
} from './objects.ts';
import { apiVersionOf, LIMIT_RANGES, NODES, PODS, RESOURCE_QUOTAS, type ResourceType } from './resources.ts';
import { schemaOf } from './schemas.ts';

/**
 * Bytes from outside to an API object: the fields that the stand-in reads have their types, null and
 * most of what is empty is absent, quantities are legal and in canonical form. Unknown fields are kept,
 * where the real server drops them.
 */

/** The text is the API server's own answer to such a body. */
export class DecodeError extends Error {}

/** Reads a copy of `raw` as an object of that resource. Throws DecodeError. */
export function decode(type: ResourceType, raw: unknown): KubeObject {
  const value = withoutAbsent(raw);
  const apiVersion = apiVersionOf(type);
  if (!isRecord(value)) throw new DecodeError(`couldn't get version/kind; json parse error: not an object`);
  const { kind = type.kind, apiVersion: given = apiVersion, metadata: meta = {}, ...rest } = value;
  if (given !== apiVersion || kind !== type.kind) {
    throw new DecodeError(
      `${JSON.stringify(kind)} in version ${JSON.stringify(given)} cannot be handled as a ${type.kind}`,
    );
  }
  const object = { kind, apiVersion, metadata: meta, ...rest };
  const { error } = schemaOf(type).safeParse(object);
  const issue = error?.issues[0];
  if (issue !== undefined) throw unreadable(type, `json: ${issue.path.join('.')}: ${issue.message}`);
  return canonical(type, object as unknown as KubeObject);
}

function canonical(type: ResourceType, object: KubeObject): KubeObject {
  if (type.plural === PODS.plural) canonicalPod(object as PodObject);
  for (const list of LISTS.get(type.plural)?.(object) ?? []) rewrite(type, list, canonicalQuantity);
  return object;
}

type Lists = ReadonlyArray<QuantityMap | undefined>;

/** Where kinds other than pods have quantities; the schemas say that these are maps. */
const LISTS: ReadonlyMap<string, (object: KubeObject) => Lists> = new Map([
  [NODES.plural, ({ status }: NodeObject): Lists => [status?.capacity, status?.allocatable]],
  [LIMIT_RANGES.plural, (object: KubeObject): Lists => (object['spec'] as LimitRange).limits.flatMap(listsOf)],
  [RESOURCE_QUOTAS.plural, (object: KubeObject): Lists => [(object['spec'] as { hard: QuantityMap }).hard]],
]);

interface LimitRange {
  readonly limits: ReadonlyArray<Readonly<Record<string, QuantityMap>>>;
}

function listsOf(item: Readonly<Record<string, QuantityMap>>): Lists {
  return ['min', 'max', 'default', 'defaultRequest', 'maxLimitRequestRatio'].map((name) => own(item, name));
}

/** Every resource of a pod is a whole number of thousandths after defaulting. */
function canonicalPod(object: PodObject): void {
  const { containers, initContainers = [], resources, overhead } = object.spec;
  const whole = (text: string): string | null => {
    const amount = parseAmount(text);
    return amount === null ? null : formatAmount(toWholeMilli(amount));
  };
  for (const part of [...containers, ...initContainers]) {
    part.name ??= '';
    // The kind has `resources` by value, so that it is there even when it is empty.
    part.resources ??= {};
    rewriteRequirements(part.resources, whole);
  }
  if (resources !== undefined) rewriteRequirements(resources, whole);
  rewrite(PODS, overhead, whole);
  for (const condition of object.status?.conditions ?? []) condition.lastProbeTime ??= null;
}

function rewriteRequirements(resources: ResourceRequirements, form: (text: string) => string | null): void {
  rewrite(PODS, resources.requests, form);
  rewrite(PODS, resources.limits, form);
}

function rewrite(type: ResourceType, list: QuantityMap | undefined, form: (text: string) => string | null): void {
  if (list === undefined) return;
  for (const [name, value] of Object.entries(list)) {
    const text = form(String(value));
    if (text === null) {
      const grammar = "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
      throw unreadable(type, `quantities must match the regular expression ${grammar}`);
    }
    list[name] = text;
  }
}

function unreadable(type: ResourceType, why: string): DecodeError {
  return new DecodeError(
    `${type.kind} in version ${JSON.stringify(apiVersionOf(type))} cannot be handled as a ${type.kind}: ${why}`,
  );
}

/** Maps and lists that Go leaves out when they are empty. */
const OMITTED_WHEN_EMPTY: ReadonlySet<string> = new Set([
  ...['labels', 'annotations', 'ownerReferences', 'finalizers', 'nodeSelector', 'requests', 'limits', 'overhead'],
  ...['initContainers', 'volumes', 'volumeMounts', 'tolerations', 'imagePullSecrets', 'env', 'envFrom', 'ports'],
]);

/** A deep copy without what Go reads as absent: null, and in many places what is empty. */
function withoutAbsent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAbsent);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([key, part]) => !isAbsent(key, part));
  return Object.fromEntries(kept.map(([key, part]) => [key, withoutAbsent(part)]));
}

function isAbsent(key: string, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  // `limits` is a map in a container, and in a LimitRange a list that is kept.
  if (!OMITTED_WHEN_EMPTY.has(key) || (key === 'limits' && Array.isArray(value))) return false;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
