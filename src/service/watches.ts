import { type NodeView, readNodeView } from '../../extender/node-view.ts';
import { type CpuHpa, readHpa } from '../../webhooks/hpa.ts';
import { type LimitRangeCpu, readLimitRange } from '../../webhooks/limit-range.ts';
import { type NamespaceFacts, readNamespace } from '../../webhooks/namespace.ts';
import { createListWatch, type ListWatch, type ListWatchOptions } from '../kube/list-watch.ts';
import type { Resource } from '../kube/resource.ts';
import type { Watched } from '../kube/store.ts';
import { readPod } from '../model/pod.ts';
import { type PodPolicy, type PodView, podView } from '../model/pod-view.ts';

/** Pods that hold no CPU any more are not even sent. */
const LIVING = 'status.phase!=Succeeded,status.phase!=Failed';

const NAMESPACES: Resource<NamespaceFacts> = {
  name: 'namespaces',
  path: '/api/v1/namespaces',
  metadataOnly: true,
  read: readNamespace,
};
const LIMIT_RANGES: Resource<LimitRangeCpu> = {
  name: 'limitranges',
  path: '/api/v1/limitranges',
  read: readLimitRange,
};
const HPAS: Resource<CpuHpa> = {
  name: 'horizontalpodautoscalers',
  path: '/apis/autoscaling/v2/horizontalpodautoscalers',
  read: readHpa,
};
const NODES: Resource<NodeView> = { name: 'nodes', path: '/api/v1/nodes', metadataOnly: true, read: readNodeView };

function pods(policy: PodPolicy): Resource<PodView> {
  return {
    name: 'pods',
    path: '/api/v1/pods',
    fieldSelector: LIVING,
    read(object) {
      const reading = readPod(object);
      return reading.ok ? podView(reading.pod, policy) : null;
    },
  };
}

/** What the service knows of the cluster. */
export interface Watches {
  readonly namespaces: Watched<NamespaceFacts>;
  readonly limitRanges: Watched<LimitRangeCpu>;
  readonly hpas: Watched<CpuHpa>;
  readonly nodes: Watched<NodeView>;
  readonly pods: Watched<PodView>;
  /** By the label of the metrics. */
  readonly all: ReadonlyMap<string, Watched<unknown>>;
  start(parts: { readonly webhook: boolean; readonly extender: boolean }): void;
  stop(): Promise<void>;
}

export type WatchDeps = Pick<ListWatchOptions<unknown>, 'transport' | 'clock' | 'random' | 'observer'>;

/** One list-watch for each resource; only those that an enabled part needs are started. */
export function createWatches(deps: WatchDeps, policy: PodPolicy): Watches {
  const make = <T>(resource: Resource<T>): ListWatch<T> => createListWatch({ ...deps, resource });
  const namespaces = make(NAMESPACES);
  const limitRanges = make(LIMIT_RANGES);
  const hpas = make(HPAS);
  const nodes = make(NODES);
  const allPods = make(pods(policy));
  const started: Array<ListWatch<unknown>> = [];
  const all = new Map<string, Watched<unknown>>();
  const run = (name: string, watch: ListWatch<unknown>): void => {
    all.set(name, watch.store);
    started.push(watch);
    watch.start();
  };
  return {
    namespaces: namespaces.store,
    limitRanges: limitRanges.store,
    hpas: hpas.store,
    nodes: nodes.store,
    pods: allPods.store,
    all,
    start(parts) {
      if (parts.webhook) {
        run('namespaces', namespaces);
        run('limitranges', limitRanges);
        run('horizontalpodautoscalers', hpas);
      }
      if (parts.extender) run('nodes', nodes);
      run('pods', allPods);
    },
    async stop() {
      await Promise.all(started.map((watch) => watch.stop()));
    },
  };
}
