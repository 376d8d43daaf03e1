import { own, type PodObject } from '../api/objects.ts';
import { badRequest, forbidden, invalid } from '../api/refusals.ts';
import { PODS } from '../api/resources.ts';
import type { ClusterView, PodAdmission } from './context.ts';
import { type DispatchDeps, dispatchHooks, type Reinvocation } from './dispatch.ts';
import { applyServiceAccount, applyTolerations } from './identity.ts';
import { applyLimitRangeDefaults, limitRangesOf, validateLimitRanges } from './limit-ranger.ts';
import { podProblems } from './pod-validation.ts';
import { resolvePriority } from './priority.ts';
import { validateQuotas } from './quota.ts';
import { shownName } from './shown-name.ts';

export interface AdmissionDeps extends DispatchDeps {
  readonly view: ClusterView;
  /** Five characters for a generated name. */
  suffix(): string;
}

export interface Admitted {
  readonly pod: PodObject;
  readonly warnings: readonly string[];
}

/**
 * The mutating half of admission, in the API server's order: the built-in plugins, then the hooks;
 * if a hook changed the pod, once more the plugins and the hooks that something after them overtook.
 */
export async function mutatePod(draft: PodObject, admission: PodAdmission, deps: AdmissionDeps): Promise<Admitted> {
  const memory: Reinvocation = {
    round: 0,
    isNeeded: false,
    called: new Set(),
    again: new Set(),
    lastOutput: undefined,
  };
  applyPlugins(draft, admission, deps);
  const first = await dispatchHooks(draft, admission, memory, deps);
  if (!memory.isNeeded) return first;
  memory.round = 1;
  applyPlugins(first.pod, admission, deps);
  const second = await dispatchHooks(first.pod, admission, memory, deps);
  return { pod: second.pod, warnings: [...first.warnings, ...second.warnings] };
}

function applyPlugins(pod: PodObject, admission: PodAdmission, { view, suffix }: AdmissionDeps): void {
  const namespace = admission.namespace.metadata.name ?? '';
  const status = own(admission.namespace, 'status') as { readonly phase?: string } | undefined;
  if (status?.phase === 'Terminating') {
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
    throw forbidden(PODS, shownName(pod, admission), why);
  }
  applyLimitRangeDefaults(pod, limitRangesOf(view, namespace));
  applyServiceAccount(pod, suffix);
  resolvePriority(pod, admission, view);
  applyTolerations(pod);
}

/** The validating half: the pod itself, LimitRanges, quotas last. Throws the refusal; changes nothing. */
export function validatePod(pod: PodObject, admission: PodAdmission, view: ClusterView): void {
  const namespace = admission.namespace.metadata.name ?? '';
  if (pod.metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const problems = podProblems(pod);
  if (problems.length > 0) throw invalid(PODS, pod.metadata.name ?? '', problems);
  validateLimitRanges(pod, admission, limitRangesOf(view, namespace));
  validateQuotas(pod, admission, view);
}
