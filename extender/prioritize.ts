import { isProtected, type Tier } from '../src/model/tier.ts';
import { type KnownNode, type NodeScore, scoreNode } from './score/score.ts';
import { settleTop } from './score/ties.ts';
import type { Replicas } from './spread/cost.ts';
import { holdBack } from './spread/hold-back.ts';

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
  /** What the score was made from; its level is the score before spread and ties were settled. */
  readonly basis: NodeScore;
  /** The replicas that cost it its level, where they did. */
  readonly heldBack: HeldBack | null;
  /** A whole number from 0 to 10. */
  readonly score: number;
}

/** A node with more replicas of the pod's controller, or in a zone with more, than others have. */
export interface HeldBack {
  readonly onNode: number;
  /** Null where it is in no zone. */
  readonly inZone: number | null;
}

/** The scores of a request. */
export interface Ranking {
  /** As in the request. */
  readonly names: readonly string[];
  /** Whole numbers from 0 to 10, in the order of the names. */
  readonly scores: Uint8Array;
  /** How many of the nodes nothing is known of that counts. */
  readonly unknown: number;
  /** How many lost their level because spread comes first. */
  readonly heldBack: number;
  /** The one node that scores highest; null where several do. */
  readonly best: RankedNode | null;
  /** The best of the others; null where `best` is. */
  readonly runnerUp: RankedNode | null;
  /** The nodes of the highest score; null where that is every node, or too many to be a preference. */
  readonly preferred: readonly string[] | null;
  /** Each node in full, in the order of the names: made anew, so to be called before anything changes. */
  nodes(): RankedNode[];
}

/** More nodes than this with the same highest score are no preference, and not worth remembering. */
export const MAX_PREFERRED = 16;

/**
 * Scores the named nodes for the pod. Pure: what is known of a node comes from `knownNode`.
 *
 * @param names each once; their order has no influence
 * @param replicas null where the pod is not spread
 */
export function prioritize(
  { key, tier, requestMilli }: PodToPlace,
  names: readonly string[],
  knownNode: (name: string) => KnownNode | null,
  replicas: Replicas | null = null,
): Ranking {
  // In columns: an object for each of thousands of nodes, all alive at once, makes V8 place them in its
  // old generation, and collecting that stops the service for longer than the scores take.
  const levels = new Uint8Array(names.length);
  const values = new Float64Array(names.length);
  const mayWin = new Uint8Array(names.length);
  let unknown = 0;
  names.forEach((name, index) => {
    const { level, value, band } = scoreNode(tier, requestMilli, knownNode(name));
    levels[index] = level;
    values[index] = value;
    mayWin[index] = band === 'graded' ? 1 : 0;
    if (band === 'unknown') unknown += 1;
  });
  const held = replicas === null ? null : holdBack({ names, levels, mayWin }, replicas, isProtected(tier));
  const { level, winner } = settleTop({ names, levels, values, mayWin }, key);
  const isSettled = winner === null || level === 0;
  const scores = isSettled ? levels : levels.map((own, at) => (own === level && at !== winner ? own - 1 : own));

  const rankedNode = (index: number): RankedNode => {
    const name = names[index] ?? '';
    const node = knownNode(name);
    const basis = scoreNode(tier, requestMilli, node);
    const heldBack = replicas !== null && held?.[index] === 1 ? replicasAt(name, replicas) : null;
    return { name, node, basis, heldBack, score: scores[index] ?? 0 };
  };
  const top = indicesOf(level, scores);
  const best = top.length === 1 ? (top[0] ?? null) : null;
  const isPreference = top.length < names.length && top.length <= MAX_PREFERRED;
  const second = best === null ? null : highestBut(best, { names, scores, values });
  return {
    names,
    scores,
    unknown,
    heldBack: held?.reduce((sum, one) => sum + one, 0) ?? 0,
    best: best === null ? null : rankedNode(best),
    runnerUp: second === null ? null : rankedNode(second),
    preferred: isPreference ? top.map((index) => names[index] ?? '') : null,
    nodes: () => names.map((_, index) => rankedNode(index)),
  };
}

function replicasAt(name: string, replicas: Replicas): HeldBack {
  const zone = replicas.zoneOf(name);
  return { onNode: replicas.on(name), inZone: zone === null ? null : replicas.inZone(zone) };
}

function indicesOf(score: number, scores: Uint8Array): number[] {
  const indices: number[] = [];
  for (let index = scores.indexOf(score); index !== -1; index = scores.indexOf(score, index + 1)) indices.push(index);
  return indices;
}

interface Standing {
  readonly score: number;
  readonly value: number;
  readonly name: string;
}

function highestBut(
  best: number,
  { names, scores, values }: Pick<Ranking, 'names' | 'scores'> & { readonly values: Float64Array },
): number | null {
  const standing = (index: number): Standing => ({
    score: scores[index] ?? 0,
    value: values[index] ?? 0,
    name: names[index] ?? '',
  });
  let second: number | null = null;
  for (let index = 0; index < names.length; index += 1) {
    if (index !== best && (second === null || isAhead(standing(index), standing(second)))) second = index;
  }
  return second;
}

/** By score, then by what it was made from, then by name. */
export function isAhead(a: Standing, b: Standing): boolean {
  if (a.score !== b.score) return a.score > b.score;
  return a.value !== b.value ? a.value > b.value : a.name < b.name;
}
