import { own, type PodObject } from '../api/objects.ts';
import { forbidden } from '../api/refusals.ts';
import { PODS, PRIORITY_CLASSES } from '../api/resources.ts';
import type { ClusterView, PodAdmission } from './context.ts';
import { shownName } from './shown-name.ts';

interface PriorityClass {
  readonly name: string;
  readonly value: number;
  readonly preemptionPolicy: string | undefined;
}

const NO_CLASS: PriorityClass = { name: '', value: 0, preemptionPolicy: 'PreemptLowerPriority' };

/**
 * Resolves the pod's PriorityClass into `spec.priority`: the class it names, else the global default
 * of the lowest value, else 0. An unknown class and a priority of the user's own are refused.
 */
export function resolvePriority(pod: PodObject, admission: PodAdmission, view: ClusterView): void {
  const { spec } = pod;
  const refuse = (why: string): never => {
    throw forbidden(PODS, shownName(pod, admission), why);
  };
  const found = spec.priorityClassName ? named(view, spec.priorityClassName) : globalDefault(view);
  const { name, value, preemptionPolicy } =
    found ?? refuse(`no PriorityClass with name ${spec.priorityClassName} was found`);
  if (spec.priority !== undefined && spec.priority !== value) {
    refuse(
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; ` +
        `priority admission controller computed ${value} from the given PriorityClass name`,
    );
  }
  if (name !== '') spec.priorityClassName = name;
  spec.priority = value;
  if (preemptionPolicy === undefined) return;
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== preemptionPolicy) {
    refuse(
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; ` +
        `priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`,
    );
  }
  spec.preemptionPolicy = preemptionPolicy;
}

function classes(view: ClusterView): ReadonlyArray<PriorityClass & { readonly isDefault: boolean }> {
  return view.objects(PRIORITY_CLASSES.plural).map((object) => ({
    name: object.metadata.name ?? '',
    value: Number(own(object, 'value')),
    preemptionPolicy: own(object, 'preemptionPolicy') as string | undefined,
    isDefault: own(object, 'globalDefault') === true,
  }));
}

function named(view: ClusterView, wanted: string): PriorityClass | undefined {
  return classes(view).find(({ name }) => name === wanted);
}

function globalDefault(view: ClusterView): PriorityClass {
  const [lowest] = classes(view)
    .filter(({ isDefault }) => isDefault)
    .sort((a, b) => a.value - b.value);
  return lowest ?? NO_CLASS;
}
