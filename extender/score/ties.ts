import { podSeed, rendezvous } from './rendezvous.ts';
import type { NodeScore } from './score.ts';

/** A node of the request with its score before ties are settled. */
export interface Scored {
  readonly name: string;
  readonly basis: NodeScore;
}

/** The highest score of a request. */
export interface Top<Node> {
  /** The highest level of all nodes. */
  readonly level: number;
  /** The one that keeps the level while the others get one less; null where nothing known tells them apart. */
  readonly winner: Node | null;
}

/**
 * Makes the highest score unique where one of its nodes is graded: the best by value, then by the
 * pod's own order of the nodes, wins. kube-scheduler breaks ties at random, and a reservation must
 * be on the node that it will choose.
 */
export function settleTop<Node extends Scored>(nodes: readonly Node[], pod: string): Top<Node> {
  let level = 0;
  for (const { basis } of nodes) if (basis.level > level) level = basis.level;
  const top = nodes.filter(({ basis }) => basis.level === level);
  const seed = podSeed(pod);
  let best: { readonly node: Node; readonly rank: number } | null = null;
  for (const node of top) {
    if (node.basis.band !== 'graded' || (best !== null && node.basis.value < best.node.basis.value)) continue;
    const rank = rendezvous(seed, node.name);
    if (best === null || isBetter(node, rank, best)) best = { node, rank };
  }
  return { level, winner: best?.node ?? null };
}

function isBetter(node: Scored, rank: number, best: { readonly node: Scored; readonly rank: number }): boolean {
  if (node.basis.value !== best.node.basis.value) return node.basis.value > best.node.basis.value;
  return rank !== best.rank ? rank > best.rank : node.name < best.node.name;
}
