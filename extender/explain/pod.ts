import type { PodView } from '../../src/model/pod-view.ts';
import { NOT_OURS, type NotOurs } from '../ours.ts';
import type { ExplainedNode } from '../placements.ts';
import { type PodFacts, podFacts, podLines } from './placement.ts';

/** What every node would score for a pod, now. */
export interface PodExplanation {
  readonly pod: PodFacts;
  /** Why it would not be scored; null where it would. */
  readonly notScored: string | null;
  /** All nodes that the watch shows, the highest first. */
  readonly nodes: readonly ExplainedNode[];
  /** The same for people; of many nodes only the first. */
  readonly lines: readonly string[];
}

const MAX_LINES = 20;

export function explainPod(pod: PodView, nodes: readonly ExplainedNode[]): PodExplanation {
  const facts = podFacts(pod);
  const shown = nodes.slice(0, MAX_LINES).map(({ name, score, why }) => `${score} ${name}: ${why}`);
  const more = nodes.length - shown.length;
  return {
    pod: facts,
    notScored: null,
    nodes,
    lines: [...podLines(facts), ...shown, ...(more > 0 ? [`and ${more} more nodes`] : [])],
  };
}

export function explainNotOurs(pod: PodView, reason: NotOurs): PodExplanation {
  const facts = podFacts(pod);
  const notScored = NOT_OURS[reason];
  return { pod: facts, notScored, nodes: [], lines: [...podLines(facts), `not scored: ${notScored}`] };
}
