import { type Amount, addAmounts, formatAmount, parseAmount, ZERO } from '../amount.ts';
import { type KubeObject, own, type PodObject } from '../api/objects.ts';
import { forbidden } from '../api/refusals.ts';
import { PODS, RESOURCE_QUOTAS } from '../api/resources.ts';
import { podRequests, readHoldings } from '../pod-amounts.ts';
import type { ClusterView, PodAdmission } from './context.ts';
import { shownName } from './shown-name.ts';

/** The names under which a quota limits CPU requests. */
const CPU = new Set(['requests.cpu', 'cpu']);
const ONE: Amount = { nano: 1_000_000_000n, format: 'decimal' };

/**
 * ResourceQuota, the last plugin: charges CPU requests and the number of pods, as they are after all
 * webhooks. Other resources of a quota are not looked at. What is used is counted from the pods that
 * exist, so that no controller has to keep it.
 */
export function validateQuotas(pod: PodObject, admission: PodAdmission, view: ClusterView): void {
  const namespace = admission.namespace.metadata.name ?? '';
  const quotas = view.objects(RESOURCE_QUOTAS.plural, namespace);
  if (quotas.length === 0) return;
  const running = view.objects(PODS.plural, namespace).filter((other) => !isTerminal(other as PodObject));
  for (const quota of quotas) {
    const why = quotaProblem(quota, pod, running as PodObject[]);
    if (why !== null) throw forbidden(PODS, shownName(pod, admission), why);
  }
}

function quotaProblem(quota: KubeObject, pod: PodObject, running: readonly PodObject[]): string | null {
  const hard = (quota['spec'] as { readonly hard: Readonly<Record<string, string>> }).hard;
  const names = Object.keys(hard).filter((name) => CPU.has(name) || name === 'pods');
  const missing = names.filter((name) => CPU.has(name)).flatMap((name) => missingProblem(name, pod));
  if (missing.length > 0) return `failed quota: ${quota.metadata.name}: must specify ${missing.join('; ')}`;
  const exceeded = names.flatMap((name) => {
    const requested = usage(name, pod);
    const used = running.map((other) => usage(name, other)).reduce(addAmounts, ZERO);
    const limit = parseAmount(own(hard, name) ?? '0') ?? ZERO;
    const isWithin = requested.nano === 0n || used.nano + requested.nano <= limit.nano;
    return isWithin ? [] : [{ name, requested, used, limit }];
  });
  if (exceeded.length === 0) return null;
  const show = (part: 'requested' | 'used' | 'limit'): string =>
    exceeded.map((entry) => `${entry.name}=${formatAmount(entry[part])}`).join(',');
  const numbers = `requested: ${show('requested')}, used: ${show('used')}, limited: ${show('limit')}`;
  return `exceeded quota: ${quota.metadata.name}, ${numbers}`;
}

/** Under a quota on CPU every container has to say what it wants, unless the pod as a whole does. */
function missingProblem(name: string, { spec }: PodObject): string[] {
  if (spec.resources !== undefined) return [];
  const silent = [...spec.containers, ...(spec.initContainers ?? [])]
    .filter(({ resources }) => own(resources?.requests, 'cpu') === undefined)
    .map((container) => container.name);
  return silent.length === 0 ? [] : [`${name} for: ${silent.sort().join(',')}`];
}

function usage(name: string, { spec }: PodObject): Amount {
  return name === 'pods' ? ONE : (podRequests(readHoldings(spec)).get('cpu') ?? ZERO);
}

function isTerminal({ status }: PodObject): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}
