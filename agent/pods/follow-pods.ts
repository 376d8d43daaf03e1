import { isDeepStrictEqual } from 'node:util';
import { createListWatch, type ListWatch, type ListWatchOptions } from '../../src/kube/list-watch.ts';
import type { Watched } from '../../src/kube/store.ts';
import type { PodPolicy } from '../../src/model/pod-view.ts';
import type { AgentPod } from './agent-pod.ts';
import { type AgentPodReading, readAgentPod } from './read-pod.ts';

export interface FollowedPods {
  /** What was read by the policy in force; another one after `configure`. */
  readonly store: Watched<AgentPodReading>;
  /** Whether pods are still read by an earlier policy than the last that was given. */
  readonly isBehind: boolean;
  start(): void;
  configure(policy: PodPolicy): void;
  stop(): Promise<void>;
}

/** One pod, as it was and as it is; null where there was or is none. */
export interface PodChange {
  readonly before: AgentPod | null;
  readonly now: AgentPod | null;
}

export interface FollowOptions extends Omit<ListWatchOptions<unknown>, 'resource' | 'listed'> {
  readonly nodeName: string;
  readonly policy: PodPolicy;
}

/**
 * Follows the pods of one node, read by a policy that may change. Of a pod nothing is kept but what came of
 * reading it, since annotations may be large; so a new policy needs a new list, and until that is there, also
 * while the API server is away, what was read before stays in force.
 *
 * @param changed called after each change that layers can depend on, and with null after each whole list
 */
export function followPods(
  { nodeName, policy: first, ...deps }: FollowOptions,
  changed: (change: PodChange | null) => void,
): FollowedPods {
  let policy = first;
  let inForce = listWatchBy(first);
  /** Takes over once it has listed all. */
  let next: ListWatch<AgentPodReading> | null = null;
  let leaving: Promise<unknown> = Promise.resolve();

  function listWatchBy(read: PodPolicy): ListWatch<AgentPodReading> {
    const made = createListWatch<AgentPodReading>({
      ...deps,
      resource: {
        name: 'pods',
        path: '/api/v1/pods',
        fieldSelector: `spec.nodeName=${nodeName},status.phase!=Succeeded,status.phase!=Failed`,
        read: (object) => readAgentPod(object, read),
      },
      listed: () => {
        if (made === next) {
          leave(inForce);
          inForce = made;
          next = null;
        }
        if (made === inForce) changed(null);
      },
    });
    made.store.subscribe((change) => {
      const now = change.type === 'set' ? change.value.pod : null;
      const before = change.previous?.pod ?? null;
      if (made === inForce && !isDeepStrictEqual(now, before)) changed({ before, now });
    });
    return made;
  }

  function leave(listWatch: ListWatch<AgentPodReading>): void {
    leaving = Promise.all([leaving, listWatch.stop()]);
  }

  return {
    get store() {
      return inForce.store;
    },
    get isBehind() {
      return next !== null;
    },
    start: () => inForce.start(),
    configure(wanted) {
      if (isDeepStrictEqual(wanted, policy)) return;
      policy = wanted;
      if (next !== null) leave(next);
      next = listWatchBy(wanted);
      next.start();
    },
    async stop() {
      leave(inForce);
      if (next !== null) leave(next);
      await leaving;
    },
  };
}
