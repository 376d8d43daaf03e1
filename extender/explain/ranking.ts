import type { Tier } from '../../src/model/tier.ts';
import type { NodeView } from '../node-view.ts';
import type { ExplainedNode, ScoredAnswer } from '../placements.ts';
import { isAhead, type RankedNode, type Ranking } from '../prioritize.ts';
import { heldBackWords, scoreWords } from './words.ts';

/** What it takes to put the scores of a ranking into words. */
export interface RankingContext {
  readonly tier: Tier;
  readonly viewOf: (name: string) => NodeView | undefined;
  readonly now: number;
}

/** What is kept of a ranking to explain it later. */
export function scoredAnswer(
  { names, unknown, heldBack, best, runnerUp, preferred }: Ranking,
  context: RankingContext,
): ScoredAnswer {
  return {
    candidates: names.length,
    unknown,
    heldBack,
    best: best && explainedNode(best, context),
    runnerUp: runnerUp && explainedNode(runnerUp, context),
    preferred,
  };
}

/** All nodes of a ranking in words, the highest first. */
export function explainedNodes(ranking: Ranking, context: RankingContext): ExplainedNode[] {
  return ranking
    .nodes()
    .sort((a, b) => (isAhead(standing(a), standing(b)) ? -1 : 1))
    .map((node) => explainedNode(node, context));
}

const standing = ({ name, score, basis }: RankedNode) => ({ name, score, value: basis.value });

function explainedNode(
  { name, score, basis, heldBack, node }: RankedNode,
  { tier, viewOf, now }: RankingContext,
): ExplainedNode {
  const why = scoreWords({ tier, score: basis, node, view: viewOf(name) }, now);
  if (heldBack !== null) return { name, score, why: `${why}; ${heldBackWords(basis.level, heldBack)}` };
  return { name, score, why: score === basis.level ? why : `${why}; one less, for another node is as good or better` };
}
