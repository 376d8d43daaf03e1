import type { ContainerSpec, KubeObject, PodObject } from '../api/objects.ts';
import { forbidden } from '../api/refusals.ts';
import { LIMIT_RANGES, PODS } from '../api/resources.ts';
import { type LimitRangeSpec, limitRangeProblems, type ResourceList } from '../limit-range.ts';
import type { ClusterView, PodAdmission } from './context.ts';
import { shownName } from './shown-name.ts';

/** Says in which container LimitRanger filled in what. */
const ANNOTATION = 'kubernetes.io/limit-ranger';

type Kind = 'request' | 'limit';

/** Fills in the requests and limits that the LimitRanges of the namespace have as defaults. Changes the draft. */
export function applyLimitRangeDefaults(pod: PodObject, ranges: readonly LimitRangeSpec[]): void {
  for (const range of ranges) {
    const set = [
      ...pod.spec.containers.flatMap((container) => fill(container, 'container', range)),
      ...(pod.spec.initContainers ?? []).flatMap((container) => fill(container, 'init container', range)),
    ];
    if (set.length === 0) continue;
    pod.metadata.annotations = {
      ...pod.metadata.annotations,
      [ANNOTATION]: `LimitRanger plugin set: ${set.join('; ')}`,
    };
  }
}

function fill(container: ContainerSpec, what: string, { limits }: LimitRangeSpec): string[] {
  const items = limits.filter(({ type }) => type === 'Container');
  const set: string[] = [];
  const fillIn = (kind: Kind, defaults: readonly (ResourceList | undefined)[]): void => {
    const given = container.resources?.[`${kind}s`] ?? {};
    const added = Object.entries(Object.assign({}, ...defaults)).filter(([name]) => !Object.hasOwn(given, name));
    if (added.length === 0) return;
    const all = Object.entries(given).concat(added.map(([name, value]) => [name, String(value)]));
    container.resources = { ...container.resources, [`${kind}s`]: Object.fromEntries(all) };
    const names = added.map(([name]) => name).sort();
    set.push(`${names.join(', ')} ${kind} for ${what} ${container.name}`);
  };
  fillIn(
    'request',
    items.map(({ defaultRequest }) => defaultRequest),
  );
  fillIn(
    'limit',
    items.map((item) => item.default),
  );
  return set;
}

/** Refuses a pod that a LimitRange forbids; the first one that does gives the reasons. */
export function validateLimitRanges(pod: PodObject, admission: PodAdmission, ranges: readonly LimitRangeSpec[]): void {
  for (const range of ranges) {
    const problems = [...new Set(limitRangeProblems([range], pod.spec))];
    const text = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
    if (problems.length > 0) throw forbidden(PODS, shownName(pod, admission), String(text));
  }
}

export function limitRangesOf(view: ClusterView, namespace: string): LimitRangeSpec[] {
  return view.objects(LIMIT_RANGES.plural, namespace).map(specOf);
}

function specOf(object: KubeObject): LimitRangeSpec {
  return object['spec'] as LimitRangeSpec;
}

/** The defaults that the API server gives a LimitRange itself: limits from max, requests from limits, else from min. */
export function withDerivedDefaults({ limits }: LimitRangeSpec): LimitRangeSpec {
  return {
    limits: limits.map((item) => {
      if (item.type !== 'Container') return item;
      const limit = { ...item.max, ...item.default };
      const request = { ...item.min, ...limit, ...item.defaultRequest };
      return {
        ...item,
        ...(Object.keys(limit).length > 0 && { default: limit }),
        ...(Object.keys(request).length > 0 && { defaultRequest: request }),
      };
    }),
  };
}
