import type { SpreadOver } from '../../src/model/spread.ts';

/** Where the other replicas of the pod to place are, bound or expected. */
export interface Replicas {
  readonly over: SpreadOver;
  on(node: string): number;
  inZone(zone: string): number;
  /** Null where the node has no zone. */
  zoneOf(node: string): string | null;
}

/** kube-scheduler adds `maxSkew - 1` of each constraint that the node has the label of. */
const NODE_TERM = 2;
const ZONE_TERM = 4;

/**
 * What placing the pod on each node costs in spread: the figure that kube-scheduler's PodTopologySpread makes of its default
 * constraints before it normalizes it, whole as there, so that nodes of equal cost are equal to it as well.
 *
 * @param handicaps replicas to count on each node more than it has
 */
export function spreadCosts(names: readonly string[], replicas: Replicas, handicaps: Uint8Array | null): Int32Array {
  const { over } = replicas;
  const zones = zonesOf(names, over === 'nodes' ? () => null : replicas.zoneOf);
  const perNode = Math.log(names.length + 2);
  // The nodes without a zone make one more in the number of zones, though they are not scored by it.
  const perZone = Math.log(zones.found.length + 2);
  const zoneCosts = zones.found.map((zone) => (zone === null ? 0 : replicas.inZone(zone) * perZone + ZONE_TERM));
  const costs = new Int32Array(names.length);
  for (let index = 0; index < names.length; index += 1) {
    const there = over === 'zones' ? 0 : replicas.on(names[index] ?? '');
    const onNode = there + (handicaps?.[index] ?? 0);
    costs[index] = Math.round(onNode * perNode + NODE_TERM + (zoneCosts[zones.indices[index] ?? 0] ?? 0));
  }
  return costs;
}

/** The zones that there are, null among them where a node has none, and the index of each node's. */
function zonesOf(names: readonly string[], zoneOf: Replicas['zoneOf']) {
  const found: Array<string | null> = [];
  const indexOf = new Map<string | null, number>();
  const indices = new Uint32Array(names.length);
  names.forEach((name, at) => {
    const zone = zoneOf(name);
    let index = indexOf.get(zone);
    if (index === undefined) {
      index = found.push(zone) - 1;
      indexOf.set(zone, index);
    }
    indices[at] = index;
  });
  return { found, indices };
}
