import type { NodeOptions } from '../../test/standin/cluster.ts';

/** The nodes that get a real agent: the smallest, in the order of the fleet, so that every size of fleet has some. */
export function nodesWithAgents(nodes: readonly NodeOptions[], count: number): NodeOptions[] {
  return nodes.toSorted((a, b) => a.cores - b.cores).slice(0, count);
}
