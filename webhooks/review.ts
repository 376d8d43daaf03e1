import { z } from 'zod';
import type { Operation } from './patch.ts';

/** The codec of AdmissionReview (admission.k8s.io/v1). */

const GROUP = 'admission.k8s.io/';
const V1 = 'admission.k8s.io/v1';

const text = z.string().nullish();

/** All of the envelope that decides anything; the object stays unread until a gate needs it. */
const envelope = z.object({
  kind: z.object({ group: text, version: text, kind: text }).nullish().catch(null),
  resource: z.object({ group: text, version: text, resource: text }).nullish().catch(null),
  subResource: text.catch(null),
  namespace: text.catch(null),
  name: text.catch(null),
  operation: text.catch(null),
  dryRun: z.boolean().nullish().catch(null),
  object: z.unknown().optional(),
});

export interface Review {
  /** Echoed in the answer, whatever it is. */
  readonly uid: string;
  /** Of the envelope, e.g. `admission.k8s.io/v1`. */
  readonly apiVersion: string;
  readonly operation: string;
  /** `pods`, or with a sub-resource `pods/resize`. */
  readonly resource: string;
  readonly group: string;
  readonly subResource: string;
  readonly namespace: string;
  readonly name: string;
  readonly dryRun: boolean;
  readonly object: unknown;
}

/** Reads a review as far as an answer needs it; null where there is no uid to answer to. */
export function readReview(body: unknown): Review | null {
  if (typeof body !== 'object' || body === null || !('request' in body)) return null;
  const { request } = body;
  if (typeof request !== 'object' || request === null || !('uid' in request)) return null;
  const { uid } = request;
  if (typeof uid !== 'string' || uid === '') return null;
  const read = envelope.parse(request);
  const apiVersion = 'apiVersion' in body && typeof body.apiVersion === 'string' ? body.apiVersion : '';
  return {
    uid,
    apiVersion,
    operation: read.operation ?? '',
    resource: read.resource?.resource ?? '',
    group: read.resource?.group ?? '',
    subResource: read.subResource ?? '',
    namespace: read.namespace ?? '',
    name: read.name ?? '',
    dryRun: read.dryRun ?? false,
    object: read.object,
  };
}

export const isKnownVersion = (review: Review): boolean => review.apiVersion === V1;

export interface Answer {
  readonly patch: readonly Operation[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

/**
 * The answer: always allowed, in the version that was asked (the API server accepts no other), with
 * the patch left out where there is nothing to change.
 */
export function writeReview({ uid, apiVersion }: Review, { patch, auditAnnotations, warnings }: Answer) {
  return {
    kind: 'AdmissionReview',
    apiVersion: apiVersion.startsWith(GROUP) ? apiVersion : V1,
    response: {
      uid,
      allowed: true,
      ...(patch.length > 0 && {
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
      }),
      auditAnnotations,
      ...(warnings.length > 0 && { warnings }),
    },
  };
}
