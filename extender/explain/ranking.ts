import type { Tier } from '../../src/model/tier.ts';
import type { NodeView } from '../node-view.ts';
import type { ExplainedNode, ScoredAnswer } from '../placements.ts';
import { isAhead, type RankedNode, type Ranking } from '../prioritize.ts';
import { scoreWords } from './words.ts';

/** What it takes to put the scores of a ranking into words. */
export interface RankingContext {
  readonly tier: Tier;
  readonly viewOf: (name: string) => NodeView | undefined;
  readonly now: number;
}

/** What is kept of a ranking to explain it later. */
export function scoredAnswer({ nodes, best, runnerUp, preferred }: Ranking, context: RankingContext): ScoredAnswer {
  let unknown = 0;
  for (const { basis } of nodes) if (basis.band === 'unknown') unknown += 1;
  return {
    candidates: nodes.length,
    unknown,
    best: best && explainedNode(best, context),
    runnerUp: runnerUp && explainedNode(runnerUp, context),
    preferred,
  };
}

/** All nodes of a ranking in words, the highest first. */
export function explainedNodes({ nodes }: Ranking, context: RankingContext): ExplainedNode[] {
  return [...nodes].sort((a, b) => (isAhead(a, b) ? -1 : 1)).map((node) => explainedNode(node, context));
}

function explainedNode({ name, score, basis, node }: RankedNode, { tier, viewOf, now }: RankingContext): ExplainedNode {
  const why = scoreWords({ tier, score: basis, node, view: viewOf(name) }, now);
  return { name, score, why: score === basis.level ? why : `${why}; one less, for another node is as good or better` };
}
