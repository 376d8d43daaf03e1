import { isProtected } from '../src/model/tier.ts';
import type { PodToPlace } from './prioritize.ts';
import { type KnownNode, scoreNode } from './score/score.ts';

export interface FilterResult {
  readonly passed: readonly string[];
  /** Why each of the others failed. */
  readonly failed: ReadonlyMap<string, Failure>;
  /** Whether all were let through because none would have been left. */
  readonly spared: boolean;
}

export type Failure = 'cannot-protect' | 'no-room';

/**
 * Keeps Critical and High pods off nodes that are known to be wrong for them: that cannot protect, or
 * have no room. What is not known passes, for that is no evidence, and if nothing would be left,
 * everything passes: a filter must never make a pod unschedulable.
 *
 * @param knownNode must count bound pods only: a rejection has to be for a cause that an event in the
 *   cluster lifts, or kube-scheduler does not try the pod again
 */
export function filter(
  pod: PodToPlace,
  names: readonly string[],
  knownNode: (name: string) => KnownNode | null,
): FilterResult {
  const failed = new Map<string, Failure>();
  for (const name of isProtected(pod.tier) ? names : []) {
    const failure = failureOf(pod, knownNode(name));
    if (failure !== null) failed.set(name, failure);
  }
  if (failed.size > 0 && failed.size === names.length) return { passed: names, failed: new Map(), spared: true };
  return { passed: names.filter((name) => !failed.has(name)), failed, spared: false };
}

function failureOf({ tier, requestMilli }: PodToPlace, node: KnownNode | null): Failure | null {
  if (node === null) return null;
  if (!node.capable) return 'cannot-protect';
  return scoreNode(tier, requestMilli, node).band === 'no-room' ? 'no-room' : null;
}
