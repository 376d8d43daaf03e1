import {
  type KubeObject,
  keyOf,
  type NodeObject,
  nameOf,
  own,
  type PodObject,
  type StringMap,
} from '../api/objects.ts';
import { NODES, PODS } from '../api/resources.ts';
import type { Change, ObjectStore } from '../api/store.ts';
import { readAmounts } from '../pod-amounts.ts';
import { type Demand, demandOf, minus, NOTHING, plus, type Vector, vectorOf } from './demand.ts';

/** A node with the sum of the pods on it, kept up to date with every write. */
export interface NodeInfo {
  readonly name: string;
  readonly labels: Readonly<StringMap>;
  readonly unschedulable: boolean;
  readonly allocatable: Vector;
  /** The most pods. */
  readonly maxPods: number;
  readonly pods: number;
  /** Sums over the pods on the node. */
  readonly requested: Vector;
  readonly assumed: Vector;
  /** Pods that stay, by the workload that owns them. */
  readonly workloads: ReadonlyMap<string, number>;
}

/** What the scheduler knows of the cluster: its cache. */
export interface ClusterState {
  /** In the order in which the nodes came. */
  nodes(): readonly NodeInfo[];
  close(): void;
}

interface Contribution {
  readonly node: string;
  readonly demand: Demand;
  readonly workload: string | undefined;
}

/** What comes from the node object alone. */
type NodeParts = Pick<NodeInfo, 'name' | 'labels' | 'unschedulable' | 'allocatable' | 'maxPods'>;
type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Sums = Pick<NodeInfo, 'pods' | 'requested' | 'assumed'> & { readonly workloads: Map<string, number> };

export function watchCluster(store: ObjectStore): ClusterState {
  const nodes = new Map<string, NodeParts>();
  const sums = new Map<string, Mutable<Sums>>();
  const contributions = new Map<string, Contribution>();

  function sumsOf(node: string): Mutable<Sums> {
    const found = sums.get(node);
    if (found !== undefined) return found;
    const empty = { pods: 0, requested: NOTHING, assumed: NOTHING, workloads: new Map() };
    sums.set(node, empty);
    return empty;
  }

  function add({ node, demand, workload }: Contribution): void {
    const sum = sumsOf(node);
    sum.pods += 1;
    sum.requested = plus(sum.requested, demand.requested);
    sum.assumed = plus(sum.assumed, demand.assumed);
    if (workload !== undefined) sum.workloads.set(workload, (sum.workloads.get(workload) ?? 0) + 1);
  }

  function subtract({ node, demand, workload }: Contribution): void {
    const sum = sumsOf(node);
    sum.pods -= 1;
    sum.requested = minus(sum.requested, demand.requested);
    sum.assumed = minus(sum.assumed, demand.assumed);
    if (workload !== undefined) sum.workloads.set(workload, (sum.workloads.get(workload) ?? 0) - 1);
  }

  function setPod(key: string, pod: PodObject | undefined): void {
    const before = contributions.get(key);
    if (before !== undefined) subtract(before);
    contributions.delete(key);
    if (pod === undefined || !pod.spec.nodeName || hasEnded(pod)) return;
    const workload = pod.metadata.deletionTimestamp === undefined ? workloadKey(pod) : undefined;
    const contribution = { node: pod.spec.nodeName, demand: demandOf(pod.spec), workload };
    contributions.set(key, contribution);
    add(contribution);
  }

  function follow({ resource, key, type, object }: Pick<Change, 'resource' | 'key' | 'type' | 'object'>): void {
    const isGone = type === 'DELETED';
    if (resource === PODS.plural) setPod(key, isGone ? undefined : (object as PodObject));
    if (resource !== NODES.plural) return;
    if (isGone) nodes.delete(key);
    else nodes.set(key, partsOf(object));
  }

  for (const { plural } of [NODES, PODS]) {
    for (const object of store.all(plural)) follow({ resource: plural, key: keyOf(object), type: 'ADDED', object });
  }
  const close = store.subscribe(follow);
  return { nodes: () => [...nodes.values()].map((parts) => ({ ...parts, ...sumsOf(parts.name) })), close };
}

function partsOf(node: NodeObject): NodeParts {
  const allocatable = node.status?.allocatable;
  return {
    name: nameOf(node),
    labels: node.metadata.labels ?? {},
    unschedulable: node.spec?.unschedulable === true,
    allocatable: vectorOf(readAmounts(allocatable)),
    maxPods: Number(own(allocatable, 'pods') ?? 0),
  };
}

/** Owners whose pods the scheduler spreads by default. */
const SPREAD = new Set(['ReplicaSet', 'StatefulSet', 'ReplicationController']);

/** The owner by whose selector the scheduler would count the pod with its like; undefined for pods that are not spread. */
export function workloadKey({ metadata }: KubeObject): string | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return owner !== undefined && SPREAD.has(owner.kind) ? owner.uid : undefined;
}

/** Whether the pod will never run again, so that it takes nothing from its node. */
export function hasEnded({ status }: PodObject): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}
