import { isDeepStrictEqual } from 'node:util';
import { TemperError } from '../../src/model/errors.ts';
import type { PodPolicy } from '../../src/model/pod-view.ts';
import type { WatchedStore } from '../../src/telemetry/watches.ts';
import type { NodePods } from './agent-pod.ts';
import { createPodsByUid } from './by-uid.ts';
import { type FollowOptions, followPods, type PodChange } from './follow-pods.ts';
import { NO_OVERRIDES, type Overrides } from './overrides.ts';

/** The pods of this node by the list-watch. */
export interface NodePodsWatch extends NodePods {
  /** The list-watch's own view, for the metrics of every list-watch. */
  readonly watched: WatchedStore;
  /** Whether the pods are not read by the newest policy yet: the API server has not listed them since. */
  readonly isBehind: boolean;
  /** To be called once. */
  start(): void;
  /** Resolves when no connection and no timer is left. The pods stay readable. */
  stop(): Promise<void>;
  /** Puts other overrides in force. */
  override(overrides: Overrides): void;
  /** Reads all pods anew by another policy; it is in force once they have been listed again. */
  configure(policy: PodPolicy): void;
  /** Calls `listener` after each change that layers can depend on, and after each whole list. It must not throw. */
  subscribe(listener: () => void): void;
}

const NODE_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/**
 * Follows the pods of one node. When the API server is away the last known set stays in force, and
 * `lastContactAt` tells how old it is.
 *
 * @throws TemperError TMP3056
 */
export function createNodePods(options: FollowOptions): NodePodsWatch {
  const { nodeName } = options;
  if (!NODE_NAME.test(nodeName)) throw new TemperError('TMP3056', JSON.stringify(nodeName.slice(0, 100)));
  const listeners: Array<() => void> = [];
  let overrides = NO_OVERRIDES;
  const byUid = createPodsByUid();

  const changed = (change: PodChange | null): void => {
    byUid.note(change);
    for (const listener of listeners) listener();
  };
  const followed = followPods(options, changed);

  return {
    watched: {
      get size() {
        return followed.store.size;
      },
      get lastContactAt() {
        return followed.store.lastContactAt;
      },
    },
    get pods() {
      return byUid.of(followed.store, overrides);
    },
    get synced() {
      return followed.store.synced;
    },
    get lastContactAt() {
      return followed.store.lastContactAt;
    },
    get isBehind() {
      return followed.isBehind;
    },
    start: followed.start,
    stop: followed.stop,
    configure: followed.configure,
    override(next) {
      if (isDeepStrictEqual(next, overrides)) return;
      overrides = next;
      changed(null);
    },
    subscribe: (listener) => {
      listeners.push(listener);
    },
  };
}
