import type { PodObject } from '../api/objects.ts';
import type { PodAdmission } from './context.ts';

/** The name under which a refusal speaks of a pod that may not have one yet. */
export function shownName(pod: PodObject, { name }: PodAdmission): string {
  return name ?? (pod.metadata.name || pod.metadata.generateName || 'Unknown');
}
