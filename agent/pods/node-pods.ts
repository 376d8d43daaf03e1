import { isDeepStrictEqual } from 'node:util';
import { createListWatch, type ListWatchOptions } from '../../src/kube/list-watch.ts';
import type { Watched } from '../../src/kube/store.ts';
import { TemperError } from '../../src/model/errors.ts';
import type { PodPolicy } from '../../src/model/pod-view.ts';
import type { AgentPod, NodePods } from './agent-pod.ts';
import { NO_OVERRIDES, type Overrides, withOverride } from './overrides.ts';
import { type AgentPodReading, readAgentPod } from './read-pod.ts';

/** The pods of this node by the list-watch. */
export interface NodePodsWatch extends NodePods {
  /** The list-watch's own view, for the metrics of every list-watch. */
  readonly watched: Watched<unknown>;
  /** To be called once. */
  start(): void;
  /** Resolves when no connection and no timer is left. The pods stay readable. */
  stop(): Promise<void>;
  /** Puts other overrides in force. */
  override(overrides: Overrides): void;
  /** Calls `listener` after each change that layers can depend on. It must not throw. */
  subscribe(listener: () => void): void;
}

export interface NodePodsOptions extends Omit<ListWatchOptions<unknown>, 'resource'> {
  readonly nodeName: string;
  readonly policy: PodPolicy;
}

const NODE_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/**
 * Follows the pods of one node. When the API server is away the last known set stays in force, and
 * `lastContactAt` tells how old it is.
 *
 * @throws TemperError TMP3056
 */
export function createNodePods({ nodeName, policy, ...deps }: NodePodsOptions): NodePodsWatch {
  if (!NODE_NAME.test(nodeName)) throw new TemperError('TMP3056', JSON.stringify(nodeName.slice(0, 100)));
  const listWatch = createListWatch<AgentPodReading>({
    ...deps,
    resource: {
      name: 'pods',
      path: '/api/v1/pods',
      fieldSelector: `spec.nodeName=${nodeName},status.phase!=Succeeded,status.phase!=Failed`,
      read: (object) => readAgentPod(object, policy),
    },
  });
  const { store } = listWatch;
  const listeners: Array<() => void> = [];
  let overrides = NO_OVERRIDES;
  /** Made when it is asked for, so that a long list costs one map. */
  let pods: ReadonlyMap<string, AgentPod> | null = null;

  const changed = (): void => {
    pods = null;
    for (const listener of listeners) listener();
  };
  store.subscribe((change) => {
    const now = change.type === 'set' ? change.value.pod : null;
    if (!isDeepStrictEqual(now, change.previous?.pod ?? null)) changed();
  });

  return {
    watched: store,
    get pods() {
      pods ??= byUid(store, overrides);
      return pods;
    },
    get synced() {
      return store.synced;
    },
    get lastContactAt() {
      return store.lastContactAt;
    },
    start: () => listWatch.start(),
    stop: () => listWatch.stop(),
    override(next) {
      if (isDeepStrictEqual(next, overrides)) return;
      overrides = next;
      changed();
    },
    subscribe: (listener) => {
      listeners.push(listener);
    },
  };
}

function byUid(store: Watched<AgentPodReading>, overrides: Overrides): ReadonlyMap<string, AgentPod> {
  const pods = new Map<string, AgentPod>();
  for (const { pod } of store.values()) if (pod !== null) pods.set(pod.uid, withOverride(pod, overrides));
  return pods;
}
