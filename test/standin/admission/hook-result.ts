import { isDeepStrictEqual } from 'node:util';
import jsonPatch, { type Operation } from 'fast-json-patch';
import { decode } from '../api/decode.ts';
import { draftOf, type PodObject } from '../api/objects.ts';
import { internalError } from '../api/refusals.ts';
import { PODS } from '../api/resources.ts';
import { StatusError } from '../api/status.ts';
import { applyPodDefaults } from './defaults.ts';
import type { Hook, HookReply } from './hooks.ts';
import { readVerdict, UnusableAnswer, type Verdict } from './review.ts';

/** `failed-open`: not answered well, pod admitted unchanged. `failed-closed` and `refused` (a wrong patch): no pod. */
export type HookOutcome = 'patched' | 'unchanged' | 'denied' | 'failed-open' | 'failed-closed' | 'refused';

export interface HookResult {
  readonly outcome: HookOutcome;
  /** The pod after the hook; as it was where the hook changed nothing. */
  readonly pod: PodObject;
  readonly verdict?: Verdict;
  readonly detail?: string;
  readonly refusal?: StatusError;
}

/** What the API server makes of a hook's reply. */
export function resultOf(hook: Hook, uid: string, reply: HookReply, pod: PodObject): HookResult {
  if (!reply.ok) return failed(hook, pod, `failed to call webhook: ${reply.detail}`);
  let verdict: Verdict;
  try {
    verdict = readVerdict(uid, reply.body);
  } catch (error) {
    if (!(error instanceof UnusableAnswer)) throw error;
    return failed(hook, pod, `received invalid webhook response: ${error.message}`);
  }
  if (!verdict.allowed) {
    const refusal = denied(hook.name, verdict.denial);
    return { outcome: 'denied', pod, verdict, detail: refusal.message, refusal };
  }
  if (verdict.patch.length === 0) return { outcome: 'unchanged', pod, verdict };
  try {
    const patched = applyPatch(pod, verdict.patch);
    const outcome = isDeepStrictEqual(patched, pod) ? 'unchanged' : 'patched';
    applyPodDefaults(patched);
    return { outcome, pod: patched, verdict };
  } catch (error) {
    // No failure policy covers this: the call went well, what it said was wrong.
    const detail = error instanceof Error ? error.message : String(error);
    return { outcome: 'refused', pod, verdict, detail, refusal: internalError(detail) };
  }
}

/** A call that came to nothing. */
function failed({ name, failurePolicy }: Hook, pod: PodObject, detail: string): HookResult {
  if (failurePolicy === 'Ignore') return { outcome: 'failed-open', pod, detail };
  const refusal = internalError(`failed calling webhook ${JSON.stringify(name)}: ${detail}`);
  return { outcome: 'failed-closed', pod, detail, refusal };
}

/** The patched pod, decoded anew. Throws where the patch does not apply or the result is no pod. */
function applyPatch(pod: PodObject, patch: readonly unknown[]): PodObject {
  const { newDocument } = jsonPatch.applyPatch(draftOf(pod), patch as Operation[], true, true, true);
  const patched = decode(PODS, newDocument) as PodObject;
  patched.status ??= {};
  return patched;
}

function denied(hook: string, { code = 0, message }: Verdict['denial']): StatusError {
  const by = `admission webhook ${JSON.stringify(hook)} denied the request`;
  return new StatusError({
    message: message ? `${by}: ${message}` : `${by} without explanation`,
    code: code < 400 ? 400 : code,
  });
}
