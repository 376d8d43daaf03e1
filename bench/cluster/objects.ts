import type { Watched } from '../../src/kube/store.ts';

/** What the measurements follow of the cluster, as a watch shows it. */

export interface SeenPod {
  readonly namespace: string;
  readonly node: string | null;
  /** The scheduler has tried, and found no node. */
  readonly hasNoNode: boolean;
}

interface PodObject {
  readonly metadata: { readonly namespace: string };
  readonly spec: { readonly nodeName?: string };
  readonly status?: { readonly conditions?: ReadonlyArray<{ readonly type: string; readonly status: string }> };
}

export function seePod(object: unknown): SeenPod {
  const { metadata, spec, status } = object as PodObject;
  const hasNoNode = status?.conditions?.some(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  return { namespace: metadata.namespace, node: spec.nodeName ?? null, hasNoNode: hasNoNode ?? false };
}

interface NodeObject {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly taints?: readonly object[] };
  readonly status: { readonly conditions?: ReadonlyArray<{ readonly type: string; readonly status: string }> };
}

/** Null as long as it takes no pods: it is treated as absent then. */
export function seeNode(object: unknown): { readonly name: string } | null {
  const { metadata, spec, status } = object as NodeObject;
  const isReady = status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
  return isReady && (spec.taints ?? []).length === 0 ? { name: metadata.name } : null;
}

/** A watched store that can be waited for. */
export interface Objects<T> {
  all(): T[];
  /**
   * Resolves at the change with which `holds` is true. Only what hangs takes longer than ten minutes.
   *
   * @param changed told of each object that is set meanwhile
   */
  until(what: string, holds: () => boolean, changed?: (key: string, object: T) => void): Promise<void>;
}

const HANGS_MS = 600_000;

export function objectsOf<T>(store: Watched<T>): Objects<T> {
  const waiting = new Set<(key: string, object: T | undefined) => void>();
  store.subscribe((change) => {
    for (const one of waiting) one(change.key, change.type === 'set' ? change.value : undefined);
  });
  return {
    all: () => [...store.values()],
    until: (what, holds, changed = () => {}) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => end(() => reject(new Error(`it hangs: ${what}`))), HANGS_MS);
        const see = (key: string, object: T | undefined): void => {
          if (object !== undefined) changed(key, object);
          if (holds()) end(resolve);
        };
        const end = (how: () => void): void => {
          clearTimeout(timer);
          waiting.delete(see);
          how();
        };
        waiting.add(see);
        if (holds()) end(resolve);
      }),
  };
}
