import { Buffer } from 'node:buffer';
import { z } from 'zod';
import type { PodObject } from '../api/objects.ts';
import type { PodAdmission } from './context.ts';

/** AdmissionReview v1, out and in: what the API server sends for a new pod, and what it makes of the answer. */

const GROUP_VERSION_KIND = { group: '', version: 'v1', kind: 'Pod' };
const GROUP_VERSION_RESOURCE = { group: '', version: 'v1', resource: 'pods' };

/** The request for the creation of a pod; test/fixtures/admission has what the real one sends. */
export function reviewOf(uid: string, pod: PodObject, { namespace, name, user, options }: PodAdmission): unknown {
  const { dryRun = false, fieldManager, fieldValidation } = options;
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid,
      kind: GROUP_VERSION_KIND,
      resource: GROUP_VERSION_RESOURCE,
      requestKind: GROUP_VERSION_KIND,
      requestResource: GROUP_VERSION_RESOURCE,
      ...(name !== undefined && { name }),
      namespace: namespace.metadata.name,
      operation: 'CREATE',
      userInfo: user,
      object: pod,
      oldObject: null,
      dryRun,
      options: {
        kind: 'CreateOptions',
        apiVersion: 'meta.k8s.io/v1',
        ...(dryRun && { dryRun: ['All'] }),
        ...(fieldManager !== undefined && { fieldManager }),
        ...(fieldValidation !== undefined && { fieldValidation }),
      },
    },
  };
}

const answer = z.looseObject({
  kind: z.string().optional(),
  apiVersion: z.string().optional(),
  response: z
    .looseObject({
      uid: z.string().default(''),
      allowed: z.boolean().default(false),
      patch: z.base64().nullish(),
      patchType: z.string().nullish(),
      warnings: z.array(z.string()).nullish(),
      auditAnnotations: z.record(z.string(), z.string()).nullish(),
      status: z
        .looseObject({
          code: z.int().optional(),
          message: z.string().optional(),
          reason: z.string().optional(),
        })
        .nullish(),
    })
    .nullish(),
});

export interface Verdict {
  readonly allowed: boolean;
  /** JSON patch operations; empty where nothing is to change. */
  readonly patch: readonly unknown[];
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
  readonly denial: { readonly code?: number | undefined; readonly message?: string | undefined };
}

/** An answer that the API server can make nothing of: it counts as a failed call, which `Ignore` covers. */
export class UnusableAnswer extends Error {}

/** Reads the body of an answer. Throws UnusableAnswer. */
export function readVerdict(uid: string, body: string): Verdict {
  const { kind, apiVersion, response } = parse(body);
  if (response == null) throw new UnusableAnswer('webhook response was absent');
  if (response.uid !== uid) {
    throw new UnusableAnswer(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(response.uid)}`);
  }
  if (kind !== 'AdmissionReview' || apiVersion !== 'admission.k8s.io/v1') {
    throw new UnusableAnswer(`expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview`);
  }
  const { allowed, patch, patchType, warnings, auditAnnotations, status } = response;
  if (patch && patchType == null)
    throw new UnusableAnswer('webhook returned response.patch but not response.patchType');
  if (!patch && patchType != null)
    throw new UnusableAnswer('webhook returned response.patchType but not response.patch');
  return {
    allowed,
    patch: patch && allowed ? readPatch(patch, patchType ?? '') : [],
    warnings: warnings ?? [],
    auditAnnotations: auditAnnotations ?? {},
    denial: { code: status?.code, message: status?.message || status?.reason },
  };
}

function parse(body: string): z.output<typeof answer> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new UnusableAnswer('the answer is not JSON');
  }
  const result = answer.safeParse(json);
  if (!result.success) throw new UnusableAnswer(`the answer is no AdmissionReview: ${result.error.issues[0]?.message}`);
  return result.data;
}

function readPatch(base64: string, type: string): readonly unknown[] {
  if (type !== 'JSONPatch') throw new UnusableAnswer(`unsupported patch type ${JSON.stringify(type)}`);
  let operations: unknown;
  try {
    operations = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  } catch {
    operations = undefined;
  }
  if (!Array.isArray(operations)) throw new UnusableAnswer('received undecodable patch in webhook response');
  return operations;
}
