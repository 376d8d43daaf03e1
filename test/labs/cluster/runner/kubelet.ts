import { type KubeClient, Refused } from '../../../support/kube-client.ts';
import { isOurs } from './images.ts';
import type { RunningPod } from './run-pod.ts';

/** Of a pod, what says whether it is to run, and for how long. */
export interface SeenPod {
  readonly object: unknown;
  readonly uid: string;
  readonly isBound: boolean;
  /** Null as long as nobody has deleted it. */
  readonly graceSeconds: number | null;
  readonly isOver: boolean;
}

interface PodObject {
  readonly metadata: {
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly deletionGracePeriodSeconds?: number;
  };
  readonly spec: { readonly nodeName?: string; readonly containers: ReadonlyArray<{ readonly image?: string }> };
  readonly status?: { readonly phase?: string };
}

/** Null for a pod that is not ours: it counts as absent. */
export function seePod(object: unknown): SeenPod | null {
  const { metadata, spec, status } = object as PodObject;
  if (!isOurs({ spec })) return null;
  return {
    object,
    uid: metadata.uid,
    isBound: spec.nodeName !== undefined,
    graceSeconds: metadata.deletionTimestamp === undefined ? null : (metadata.deletionGracePeriodSeconds ?? 30),
    isOver: status?.phase === 'Succeeded' || status?.phase === 'Failed',
  };
}

interface Held {
  readonly uid: string;
  readonly started: Promise<RunningPod | null>;
  /** Null as long as it is to run. */
  leaving: Promise<void> | null;
}

export interface KubeletDeps {
  readonly client: KubeClient;
  /** Null where it cannot run; it has said why. */
  start(object: unknown): Promise<RunningPod | null>;
  /** Resolves when the pod's status is written. */
  settled(uid: string): Promise<void>;
  readonly say: (text: string) => void;
}

export interface Kubelet {
  /** @param seen undefined for a pod that is no more */
  follow(key: string, seen: SeenPod | undefined): void;
  /** What runs of it, or has run and is still known to the API server. @param key namespace/name */
  find(key: string): Promise<RunningPod | null>;
  /** Ends all at once. Resolves when nothing asks the API server any more. */
  stop(): Promise<void>;
}

/** Starts pods that are bound, ends those that are deleted, and then lets the API server forget them. */
export function createKubelet({ client, start, settled, say }: KubeletDeps): Kubelet {
  const held = new Map<string, Held>();
  let stopped = false;

  const remove = async (key: string, uid: string): Promise<void> => {
    const [namespace = '', name = ''] = key.split('/');
    try {
      const options = { gracePeriodSeconds: 0, preconditions: { uid } };
      await client.delete(`/api/v1/namespaces/${namespace}/pods/${name}`, options);
    } catch (error) {
      if (!(error instanceof Refused)) say(`${key} could not be removed: ${(error as Error).message}`);
    }
  };
  const leave = async (key: string, one: Held, graceSeconds: number): Promise<void> => {
    await (await one.started)?.end(graceSeconds);
    if (stopped) return;
    await settled(one.uid);
    await remove(key, one.uid);
    if (held.get(key) === one) held.delete(key);
  };
  /** Gone by force: nobody waits for it. */
  const drop = (key: string, one: Held): void => {
    held.delete(key);
    if (one.leaving === null) void one.started.then((pod) => pod?.end(0));
  };
  const hold = (key: string, { uid, object, graceSeconds }: SeenPod): Held => {
    const started = graceSeconds === null ? start(object) : Promise.resolve(null);
    const one: Held = { uid, started, leaving: null };
    held.set(key, one);
    return one;
  };

  return {
    follow(key, seen) {
      const before = held.get(key);
      if (before !== undefined && before.uid !== seen?.uid) drop(key, before);
      if (seen === undefined || !seen.isBound) return;
      const one = held.get(key) ?? (seen.isOver && seen.graceSeconds === null ? null : hold(key, seen));
      if (one !== null && seen.graceSeconds !== null) one.leaving ??= leave(key, one, seen.graceSeconds);
    },
    find: (key) => held.get(key)?.started ?? Promise.resolve(null),
    async stop() {
      stopped = true;
      await Promise.all(
        [...held.values()].map(async ({ started, leaving }) => {
          await (await started)?.end(0);
          await leaving;
        }),
      );
    },
  };
}
