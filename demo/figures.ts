import { fence } from '../src/model/fence.ts';
import { readPod } from '../src/model/pod.ts';
import { type PodPolicy, type PodView, podView } from '../src/model/pod-view.ts';
import type { NodeOptions } from '../test/standin/cluster.ts';

/** What a run came to. CPU in millicores; `use` is simulated, all else is arithmetic on the pods that were placed. */
export interface Figures {
  readonly podsPlaced: number;
  readonly podsPending: number;
  readonly cpuCapacityMilli: number;
  /** What the placed pods asked for before scaling. */
  readonly cpuOriginalMilli: number;
  /** What the scheduler counted for them. */
  readonly cpuRequestedMilli: number;
  readonly cpuUsedMilli: number;
  /** Nodes whose Critical pods would lose their fence, because it does not fit beside the open reserve. */
  readonly nodesDemoted: number;
  readonly nodesWithCritical: number;
  /** What is left for Critical and High on the node where it is least, percent of the node's CPUs, below 0 where demoted. */
  readonly leastProtectedRoomPercent: number;
  /** Nodes whose pods use more CPU than it has. */
  readonly nodesOverused: number;
}

/** What is counted of a pod. */
export interface PlacedPod {
  readonly view: PodView;
  readonly useMilli: number;
}

/** Reads the pods of a run. @param useOf what a pod really uses, by `namespace/name`. */
export function placedPods(
  objects: Iterable<unknown>,
  useOf: ReadonlyMap<string, number>,
  policy: PodPolicy,
): PlacedPod[] {
  const pods: PlacedPod[] = [];
  for (const object of objects) {
    const reading = readPod(object);
    if (!reading.ok) throw new Error(`the stand-in holds a pod that is not understood: ${reading.path}`);
    const view = podView(reading.pod, policy);
    pods.push({ view, useMilli: useOf.get(`${view.namespace}/${view.name}`) ?? 0 });
  }
  return pods;
}

interface NodeLoad {
  critical: number;
  high: number;
  use: number;
}

export function figuresOf(nodes: readonly NodeOptions[], pods: readonly PlacedPod[]): Figures {
  const arrived = pods.filter(({ view }) => view.pinned !== 'daemonset');
  const placed = arrived.filter(({ view }) => view.nodeName !== null);
  const loads = loadsByNode(pods);
  const sum = (of: (pod: PlacedPod) => number): number => placed.reduce((total, pod) => total + of(pod), 0);
  const nodesWhere = (test: (node: NodeOptions, load: NodeLoad) => boolean): number =>
    nodes.filter((node) => test(node, loads.get(node.name) ?? { critical: 0, high: 0, use: 0 })).length;
  return {
    podsPlaced: placed.length,
    podsPending: arrived.length - placed.length,
    cpuCapacityMilli: nodes.reduce((total, { cores }) => total + cores * 1000, 0),
    cpuOriginalMilli: sum(({ view }) => view.originalMilli),
    cpuRequestedMilli: sum(({ view }) => view.requestMilli),
    cpuUsedMilli: sum(({ useMilli }) => useMilli),
    nodesDemoted: nodesWhere((node, { critical }) => !fence(machineOf(node), critical).fits),
    nodesWithCritical: nodesWhere((_, { critical }) => critical > 0),
    leastProtectedRoomPercent: Math.min(...nodes.map((node) => roomPercent(node, loads.get(node.name)))),
    nodesOverused: nodesWhere(({ cores }, { use }) => use > cores * 1000),
  };
}

const machineOf = ({ cores, threads = 1, reserveCores = 1 }: NodeOptions) => ({
  cpus: cores,
  threads,
  reserve: reserveCores,
});

function roomPercent(node: NodeOptions, load: NodeLoad = { critical: 0, high: 0, use: 0 }): number {
  const { fenceable, needed } = fence(machineOf(node), load.critical);
  return Math.round(((fenceable - needed - load.high / 1000) / node.cores) * 100);
}

function loadsByNode(pods: readonly PlacedPod[]): Map<string, NodeLoad> {
  const loads = new Map<string, NodeLoad>();
  for (const { view, useMilli } of pods) {
    if (view.nodeName === null) continue;
    const load = loads.get(view.nodeName) ?? { critical: 0, high: 0, use: 0 };
    load.use += useMilli;
    if (view.tier === 'critical') load.critical += view.originalMilli;
    if (view.tier === 'high') load.high += view.originalMilli;
    loads.set(view.nodeName, load);
  }
  return loads;
}
