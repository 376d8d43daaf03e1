import type { Factor } from '../../../src/model/factor.ts';
import type { TierPolicy } from '../../../src/model/tier.ts';
import { keyOf, type PodObject } from '../api/objects.ts';
import { PODS } from '../api/resources.ts';
import type { ObjectStore } from '../api/store.ts';
import { hasEnded } from '../scheduler/cluster-state.ts';
import { type PodLoad, podLoadOf } from './tier-load-of.ts';

/** The pods on each node, as the agent of that node sees them in its watch. */
export interface Loads {
  on(node: string): readonly PodLoad[];
  close(): void;
}

/** @param changed called with a node after a pod came to it, changed on it or left it. */
export function watchLoads(
  store: ObjectStore,
  policy: TierPolicy,
  minimumFactor: Factor,
  changed: (node: string) => void,
): Loads {
  const loads = new Map<string, Map<string, PodLoad>>();
  const placed = new Map<string, string>();

  function take(key: string): string | undefined {
    const node = placed.get(key);
    placed.delete(key);
    if (node !== undefined) loads.get(node)?.delete(key);
    return node;
  }

  function place(key: string, pod: PodObject): string | undefined {
    const node = pod.spec.nodeName || undefined;
    if (node === undefined || hasEnded(pod)) return undefined;
    placed.set(key, node);
    const there = loads.get(node) ?? new Map<string, PodLoad>();
    loads.set(node, there.set(key, podLoadOf(pod, policy, minimumFactor)));
    return node;
  }

  for (const object of store.all(PODS.plural)) place(keyOf(object), object as PodObject);
  const close = store.subscribe(({ resource, type, key, object }) => {
    if (resource !== PODS.plural) return;
    const before = take(key);
    const after = type === 'DELETED' ? undefined : place(key, object as PodObject);
    for (const node of new Set([before, after])) if (node !== undefined) changed(node);
  });
  return { on: (node) => [...(loads.get(node)?.values() ?? [])], close };
}
