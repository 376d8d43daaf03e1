import type { PodView } from '../../src/model/pod-view.ts';
import type { TierOrSystem } from '../../src/model/tier.ts';
import { NOT_OURS } from '../ours.ts';
import type { Binding, ExplainedNode, Placement, ScoredAnswer } from '../placements.ts';
import { cpu } from './words.ts';

/** What the extender did about a pod that the scheduler asked for. */
export interface PlacementExplanation {
  readonly pod: PodFacts;
  /** When the scheduler asked last, ISO 8601 UTC. */
  readonly askedAt: string;
  /** Why it was not scored; null where it was. */
  readonly notScored: string | null;
  readonly answer: ScoredAnswer | null;
  readonly binding: Binding | null;
  /** The same for people. */
  readonly lines: readonly string[];
}

/** The facts of a pod that its scores depend on. */
export interface PodFacts {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly tier: TierOrSystem;
  readonly tierReason: string;
  /** The effective CPU request before scaling, millicores. */
  readonly originalMilli: number;
  readonly disbelieved: string | null;
}

export function podFacts({ uid, namespace, name, tier, tierReason, originalMilli, disbelieved }: PodView): PodFacts {
  return { uid, namespace, name, tier, tierReason, originalMilli, disbelieved };
}

/** Tier and request with their reasons, for people. */
export function podLines({ namespace, name, tier, tierReason, originalMilli, disbelieved }: PodFacts): string[] {
  return [
    `pod ${namespace}/${name} is ${tier}: ${tierReason}`,
    `it asked for ${cpu(originalMilli)} CPU originally`,
    ...(disbelieved === null ? [] : [`its original-requests annotation does not count: ${disbelieved}`]),
  ];
}

export function explainPlacement({ pod, askedAt, answer, binding }: Placement): PlacementExplanation {
  const facts = podFacts(pod);
  const scored = 'notOurs' in answer ? null : answer;
  const notScored = 'notOurs' in answer ? NOT_OURS[answer.notOurs] : null;
  return {
    pod: facts,
    askedAt: new Date(askedAt).toISOString(),
    notScored,
    answer: scored,
    binding,
    lines: [
      ...podLines(facts),
      ...(notScored === null ? [] : [`not scored: ${notScored}`]),
      ...(scored === null ? [] : answerLines(scored)),
      ...(binding === null ? [] : [bindingLine(binding)]),
    ],
  };
}

function answerLines({ candidates, unknown, heldBack, best, runnerUp }: ScoredAnswer): string[] {
  const scored = [
    `${candidates} nodes were scored, ${unknown} of them with nothing known that counts`,
    ...(heldBack === 0 ? [] : [`${heldBack} of them held back, for spread comes first: others cost less in it`]),
  ];
  if (best === null) return [...scored, 'no node was preferred: nothing known tells the highest ones apart'];
  return [
    ...scored,
    `preferred ${rankedWords(best)}`,
    ...(runnerUp === null ? [] : [`runner-up ${rankedWords(runnerUp)}`]),
  ];
}

function rankedWords({ name, score, why }: ExplainedNode): string {
  return `${name} with ${score}: ${why}`;
}

function bindingLine({ node, firstChoice }: Binding): string {
  if (firstChoice === null) return `bound to ${node}; we had no preference`;
  return `bound to ${node}, ${firstChoice ? 'as we preferred' : 'which we did not prefer'}`;
}
