import { POD_TEMPLATE_HASH, ROLLOUTS_POD_TEMPLATE_HASH } from './keys.ts';
import { controllerOf, type Pod } from './pod.ts';

/** What a person deployed: the thing behind a pod that lives longer than the pod. */
export interface Workload {
  readonly kind: string;
  readonly name: string;
}

/**
 * The workload behind a pod. A ReplicaSet changes with each rollout, so a pod of one goes by the
 * Deployment (or Argo Rollout) that the ReplicaSet's name and the template hash label give away.
 * A bare pod is its own workload.
 */
export function workloadOf(pod: Pod): Workload {
  const owner = controllerOf(pod);
  if (owner === undefined) {
    return { kind: 'Pod', name: pod.metadata.name || pod.metadata.generateName || '' };
  }
  if (owner.kind !== 'ReplicaSet') return { kind: owner.kind, name: owner.name };
  const { labels } = pod.metadata;
  const deployment = withoutHash(owner.name, labels[POD_TEMPLATE_HASH]);
  if (deployment !== undefined) return { kind: 'Deployment', name: deployment };
  const rollout = withoutHash(owner.name, labels[ROLLOUTS_POD_TEMPLATE_HASH]);
  if (rollout !== undefined) return { kind: 'Rollout', name: rollout };
  return { kind: owner.kind, name: owner.name };
}

function withoutHash(name: string, hash: string | undefined): string | undefined {
  if (!hash || !name.endsWith(`-${hash}`)) return undefined;
  return name.slice(0, -hash.length - 1) || undefined;
}
