import type { Clock } from '../../../src/model/clock.ts';
import type { ClusterView } from '../admission/context.ts';
import type { HookCall } from '../admission/dispatch.ts';
import type { Hook } from '../admission/hooks.ts';
import { bindPod } from './binding.ts';
import { type Created, type CreateRequest, createObject } from './create.ts';
import { type ListPage, type ListQuery, listPage } from './list.ts';
import { type KubeObject, objectKey } from './objects.ts';
import { type Random, randomSuffix, randomUid } from './random-names.ts';
import { notFound } from './refusals.ts';
import { type RemoveRequest, removeObject } from './remove.ts';
import type { ResourceType } from './resources.ts';
import type { Status } from './status.ts';
import { createStore, type ObjectStore } from './store.ts';
import { type PatchRequest, patchObject } from './update.ts';
import { startWatch, type WatchQuery, type WatchSink } from './watch.ts';

export interface ApiOptions {
  readonly clock: Clock;
  /** Names, uids and webhook uids come from it. */
  readonly random: Random;
  /** How many writes a watch can go back. @default 10000 */
  readonly historyLimit?: number;
  /** @default 60000, as the real server */
  readonly bookmarkEveryMs?: number;
  /** Told of every webhook call. */
  readonly onHookCall?: ((call: HookCall) => void) | undefined;
}

/**
 * The verbs of the API server, without HTTP. The server in `http.ts` and the demo, for which a
 * thousand pods must be quick, go through the same functions. Refusals are thrown as StatusError.
 */
export interface KubeApi {
  readonly store: ObjectStore;
  get(type: ResourceType, name: string, namespace?: string): KubeObject;
  list(type: ResourceType, query?: ListQuery): ListPage;
  /** @returns the function with which the watcher stops. */
  watch(type: ResourceType, query: WatchQuery, sink: WatchSink): () => void;
  create(type: ResourceType, request: CreateRequest): Promise<Created>;
  patch(type: ResourceType, request: PatchRequest): KubeObject;
  remove(type: ResourceType, request: RemoveRequest): KubeObject | Status;
  /** @param binding a Binding object: `{target: {name: NODE}}` */
  bind(namespace: string, pod: string, binding: unknown): Status;
  /** The mutating webhooks, in the order in which they are called; the ones before are closed. */
  setHooks(hooks: readonly Hook[]): void;
}

export function createApi(options: ApiOptions): KubeApi {
  const { clock, random, bookmarkEveryMs = 60_000, onHookCall = () => {} } = options;
  const store = createStore(options.historyLimit);
  let hooks: readonly Hook[] = [];
  const view: ClusterView = {
    objects(resource, namespace) {
      const all = [...store.all(resource)];
      return namespace === undefined ? all : all.filter(({ metadata }) => metadata.namespace === namespace);
    },
  };
  const admission = {
    get hooks() {
      return hooks;
    },
    view,
    onHookCall,
    newUid: () => randomUid(random),
    suffix: () => randomSuffix(random),
  };
  const deps = { store, clock, random, admission };

  return {
    store,
    get(type, name, namespace) {
      const object = store.get(type.plural, objectKey(namespace, name));
      if (object === undefined) throw notFound(type, name);
      return object;
    },
    list: (type, query = {}) => listPage(store, type, query),
    watch: (type, query, sink) => startWatch({ store, clock, bookmarkEveryMs }, type, query, sink),
    create: (type, request) => createObject(type, request, deps),
    patch: (type, request) => patchObject(type, request, store),
    remove: (type, request) => removeObject(type, request, deps),
    bind: (namespace, pod, binding) => bindPod(namespace, pod, binding, deps),
    setHooks(next) {
      for (const hook of hooks) if (!next.includes(hook)) hook.close();
      hooks = [...next];
    },
  };
}
