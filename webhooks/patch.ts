import { factorToNumber } from '../src/model/factor.ts';
import { ORIGINAL_REQUESTS } from '../src/model/keys.ts';
import {
  encodeOriginalRequests,
  MAX_ORIGINAL_REQUESTS_BYTES,
  type OriginalRequests,
} from '../src/model/original-requests.ts';
import type { Pod } from '../src/model/pod.ts';
import { formatMilli, parseQuantity } from '../src/model/quantity.ts';
import type { ScalePlan } from './scale.ts';

/** A JSON Patch operation (RFC 6902), of the three kinds that the webhook emits. */
export type Operation =
  | { readonly op: 'replace'; readonly path: string; readonly value: string }
  | { readonly op: 'add'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

const ANNOTATIONS = '/metadata/annotations';
const ANNOTATION = `${ANNOTATIONS}/${pointerPart(ORIGINAL_REQUESTS)}`;

/** One reference token of a JSON Pointer (RFC 6901). */
function pointerPart(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** `replace` for each request that changes. The paths exist: the rule only speaks about containers with a CPU request. */
export function requestOperations({ containers }: ScalePlan): Operation[] {
  return containers
    .filter(({ currentMilli, scaledMilli }) => scaledMilli !== currentMilli)
    .map(({ list, index, scaledMilli }) => ({
      op: 'replace',
      path: `/spec/${list}/${index}/resources/requests/cpu`,
      value: formatMilli(scaledMilli),
    }));
}

/** What the annotation has to say after the plan: the containers that ask for less than they did at first. */
export function recordOf({ factor, containers }: ScalePlan): OriginalRequests | null {
  const reduced = containers.filter(({ originalMilli, scaledMilli }) => scaledMilli < originalMilli);
  if (reduced.length === 0) return null;
  return {
    factor: factorToNumber(factor),
    containers: new Map(
      reduced.map(({ name, original, scaledMilli }) => [name, { original, scaled: formatMilli(scaledMilli) }]),
    ),
  };
}

/**
 * Makes the annotation say what `record` says, touching nothing where it does so already.
 *
 * @param hasAnnotations whether the object has an annotations map to add to.
 * @returns null where the pod has no room for it: a pod refused for that would be our doing.
 */
export function annotationOperations(
  pod: Pod,
  hasAnnotations: boolean,
  recorded: OriginalRequests | null,
  record: OriginalRequests | null,
): Operation[] | null {
  const present = ORIGINAL_REQUESTS in pod.metadata.annotations;
  if (record === null) return present ? [{ op: 'remove', path: ANNOTATION }] : [];
  if (recorded !== null && isSame(recorded, record)) return [];
  const value = encodeOriginalRequests(record);
  if (!hasRoomFor(pod, value)) return null;
  if (!hasAnnotations) return [{ op: 'add', path: ANNOTATIONS, value: { [ORIGINAL_REQUESTS]: value } }];
  return [{ op: 'add', path: ANNOTATION, value }];
}

/** The API server refuses an object whose annotations, keys and values together, exceed this. */
const MAX_ANNOTATION_BYTES = 262_144;

function hasRoomFor(pod: Pod, value: string): boolean {
  if (Buffer.byteLength(value) > MAX_ORIGINAL_REQUESTS_BYTES) return false;
  let total = Buffer.byteLength(ORIGINAL_REQUESTS) + Buffer.byteLength(value);
  for (const [key, text] of Object.entries(pod.metadata.annotations)) {
    if (key !== ORIGINAL_REQUESTS) total += Buffer.byteLength(key) + Buffer.byteLength(text);
  }
  return total <= MAX_ANNOTATION_BYTES;
}

function isSame(a: OriginalRequests, b: OriginalRequests): boolean {
  if (a.factor !== b.factor || a.containers.size !== b.containers.size) return false;
  for (const [name, { original, scaled }] of a.containers) {
    const other = b.containers.get(name);
    if (other === undefined) return false;
    if (parseQuantity(original) !== parseQuantity(other.original)) return false;
    if (parseQuantity(scaled) !== parseQuantity(other.scaled)) return false;
  }
  return true;
}

/** Puts the original requests back and takes the annotation off: what undoes the webhook, e.g. in a manifest. */
export function restoreOperations(pod: Pod, record: OriginalRequests): Operation[] {
  const operations: Operation[] = [];
  for (const list of ['initContainers', 'containers'] as const) {
    for (const [index, { name, resources }] of pod.spec[list].entries()) {
      const entry = record.containers.get(name);
      if (entry === undefined || resources.requests.cpu?.nano !== parseQuantity(entry.scaled)) continue;
      operations.push({ op: 'replace', path: `/spec/${list}/${index}/resources/requests/cpu`, value: entry.original });
    }
  }
  return [...operations, { op: 'remove', path: ANNOTATION }];
}
