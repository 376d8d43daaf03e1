import type { Tier } from '../src/model/tier.ts';
import { type KnownNode, type NodeScore, scoreNode } from './score/score.ts';
import { settleTop } from './score/ties.ts';

/** The pod to place, as far as scores depend on it. */
export interface PodToPlace {
  /** Decides ties, so that pods that are alike spread: the uid. */
  readonly key: string;
  readonly tier: Tier;
  /** Its original CPU request, millicores. */
  readonly requestMilli: number;
}

/** A node of the request with its score. */
export interface RankedNode {
  readonly name: string;
  /** Null where nothing fresh is known of it. */
  readonly node: KnownNode | null;
  /** What the score was made from; its level is the score before ties were settled. */
  readonly basis: NodeScore;
  /** A whole number from 0 to 10. */
  readonly score: number;
}

export interface Ranking {
  /** In the order of the request. */
  readonly nodes: readonly RankedNode[];
  /** The one node that scores highest; null where several do. */
  readonly best: RankedNode | null;
  /** The best of the others; null where `best` is. */
  readonly runnerUp: RankedNode | null;
  /** The nodes of the highest score; null where that is every node, or too many to be a preference. */
  readonly preferred: readonly string[] | null;
}

/** More nodes than this with the same highest score are no preference, and not worth remembering. */
export const MAX_PREFERRED = 16;

/**
 * Scores the named nodes for the pod. Pure: what is known of a node comes from `knownNode`.
 *
 * @param names each once; their order has no influence
 */
export function prioritize(
  pod: PodToPlace,
  names: readonly string[],
  knownNode: (name: string) => KnownNode | null,
): Ranking {
  const nodes = names.map((name) => {
    const node = knownNode(name);
    const basis = scoreNode(pod.tier, pod.requestMilli, node);
    return { name, node, basis, score: basis.level };
  });
  const { level, winner } = settleTop(nodes, pod.key);
  if (winner !== null) for (const node of nodes) if (node.score === level && node !== winner) node.score -= 1;

  const top = nodes.filter(({ score }) => score === level);
  const best = top.length === 1 ? (top[0] ?? null) : null;
  const isPreference = top.length < nodes.length && top.length <= MAX_PREFERRED;
  return {
    nodes,
    best,
    runnerUp: best === null ? null : highestBut(best, nodes),
    preferred: isPreference ? top.map(({ name }) => name) : null,
  };
}

function highestBut(best: RankedNode, nodes: readonly RankedNode[]): RankedNode | null {
  let second: RankedNode | null = null;
  for (const node of nodes) if (node !== best && (second === null || isAhead(node, second))) second = node;
  return second;
}

/** By score, then by what it was made from, then by name. */
export function isAhead(a: RankedNode, b: RankedNode): boolean {
  if (a.score !== b.score) return a.score > b.score;
  return a.basis.value !== b.basis.value ? a.basis.value > b.basis.value : a.name < b.name;
}
