import { isDeepStrictEqual } from 'node:util';
import { draftOf, type PodObject } from '../api/objects.ts';
import type { PodAdmission } from './context.ts';
import { type HookOutcome, resultOf } from './hook-result.ts';
import type { Hook } from './hooks.ts';
import { reviewOf } from './review.ts';
import { selectsLabels } from './selectors.ts';
import { shownName } from './shown-name.ts';

/** One call of a webhook and what became of it. */
export interface HookCall {
  readonly hook: string;
  /** `request.uid` of the review. */
  readonly uid: string;
  readonly namespace: string;
  /** The pod's name, or its generateName. */
  readonly pod: string;
  readonly dryRun: boolean;
  /** 1 for a reinvocation. */
  readonly round: 0 | 1;
  /** From sending the review to the whole answer. */
  readonly ms: number;
  readonly outcome: HookOutcome;
  /** Why, where it went wrong. */
  readonly detail?: string;
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** What one admission remembers between the two rounds of hooks. */
export interface Reinvocation {
  round: 0 | 1;
  /** A hook changed the pod: there will be a second round. */
  isNeeded: boolean;
  /** Called hooks that may be called again. */
  readonly called: Set<string>;
  /** Hooks to call in the second round, since something after them changed the pod. */
  readonly again: Set<string>;
  lastOutput: PodObject | undefined;
}

export interface DispatchDeps {
  readonly hooks: readonly Hook[];
  newUid(): string;
  onHookCall(call: HookCall): void;
}

type Applied = { readonly pod: PodObject; readonly changed: boolean; readonly warnings: readonly string[] };

/** Calls the hooks that select the pod, one after another. Returns the pod as they leave it; throws a refusal. */
export async function dispatchHooks(
  given: PodObject,
  admission: PodAdmission,
  memory: Reinvocation,
  deps: DispatchDeps,
): Promise<{ pod: PodObject; warnings: string[] }> {
  let pod = given;
  const warnings: string[] = [];
  if (memory.round === 1 && !isDeepStrictEqual(pod, memory.lastOutput)) callAgain(memory);
  for (const hook of deps.hooks) {
    if (!isSelected(hook, pod, admission)) continue;
    if (memory.round === 1 && !memory.again.has(hook.name)) continue;
    const applied = await callHook(hook, pod, admission, memory.round, deps);
    pod = applied.pod;
    warnings.push(...applied.warnings);
    if (applied.changed) {
      callAgain(memory);
      memory.isNeeded = true;
    }
    if (hook.reinvocationPolicy === 'IfNeeded') memory.called.add(hook.name);
  }
  if (memory.isNeeded) memory.lastOutput = draftOf(pod);
  return { pod, warnings };
}

function callAgain({ called, again }: Reinvocation): void {
  for (const name of called) again.add(name);
  called.clear();
}

function isSelected(hook: Hook, pod: PodObject, { namespace }: PodAdmission): boolean {
  return (
    selectsLabels(hook.namespaceSelector, namespace.metadata.labels) &&
    selectsLabels(hook.objectSelector, pod.metadata.labels)
  );
}

async function callHook(
  hook: Hook,
  pod: PodObject,
  admission: PodAdmission,
  round: 0 | 1,
  deps: DispatchDeps,
): Promise<Applied> {
  const uid = deps.newUid();
  const reply = await hook.call(JSON.stringify(reviewOf(uid, pod, admission)));
  const result = resultOf(hook, uid, reply, pod);
  deps.onHookCall({
    hook: hook.name,
    uid,
    namespace: admission.namespace.metadata.name ?? '',
    pod: shownName(pod, admission),
    dryRun: admission.options.dryRun ?? false,
    round,
    ms: reply.ms,
    outcome: result.outcome,
    ...(result.detail !== undefined && { detail: result.detail }),
    ...(result.verdict && { auditAnnotations: result.verdict.auditAnnotations }),
  });
  if (result.refusal !== undefined) throw result.refusal;
  const changed = result.outcome === 'patched';
  return { pod: result.pod, changed, warnings: result.verdict?.warnings ?? [] };
}
