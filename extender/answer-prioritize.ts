import { readPod } from '../src/model/pod.ts';
import { podView } from '../src/model/pod-view.ts';
import { readArgs } from './args.ts';
import { scoredAnswer } from './explain/ranking.ts';
import { claim, type NotOurs, type OurPod } from './ours.ts';
import { prioritize, type Ranking } from './prioritize.ts';
import { replicasOf } from './spread/replicas.ts';
import type { ExtenderState } from './state.ts';

/** One entry of kube-scheduler's HostPriorityList. */
export interface HostPriority {
  readonly Host: string;
  readonly Score: number;
}

/** What became of a prioritize call; `outcome` is the metric's label. An empty list has no influence on the scheduler. */
export type PrioritizeAnswer =
  | {
      readonly ok: true;
      readonly outcome: 'scored' | NotOurs | 'pod-not-understood' | 'internal-error';
      readonly list: readonly HostPriority[];
    }
  | { readonly ok: false; readonly outcome: 'bad-input'; readonly problem: string };

/** Scores the nodes of a request and reserves the pod's CPU on the one that is preferred. */
export function answerPrioritize(state: ExtenderState, body: unknown): PrioritizeAnswer {
  const reading = readArgs(body);
  if (!reading.ok) return { ok: false, outcome: 'bad-input', problem: reading.problem };
  const { args } = reading;
  const pod = readPod(args.pod);
  if (!pod.ok) return { ok: true, outcome: 'pod-not-understood', list: [] };
  const view = podView(pod.pod, state.settings);
  const claimed = claim(view, state.settings);
  if ('notOurs' in claimed) {
    state.placements.record(view, state.clock.now(), { notOurs: claimed.notOurs });
    return { ok: true, outcome: claimed.notOurs, list: [] };
  }
  const ranking = rankFor(state, claimed.pod, args.names);
  remember(state, claimed.pod, ranking);
  return { ok: true, outcome: 'scored', list: listOf(ranking) };
}

function listOf({ names, scores }: Ranking): HostPriority[] {
  return names.map((Host, index) => ({ Host, Score: scores[index] ?? 0 }));
}

/** The ranking of the named nodes for the pod, as things stand. Changes nothing. */
export function rankFor(state: ExtenderState, pod: OurPod, names: readonly string[]): Ranking {
  // A pod that has no uid yet still needs an order of the nodes of its own.
  const key = pod.uid || `${pod.namespace}/${pod.name}`;
  const toPlace = { key, tier: pod.tier, requestMilli: pod.originalMilli };
  const knownNode = state.known.forScoring(pod.uid);
  return prioritize(toPlace, names, knownNode, replicasOf(state, pod));
}

function remember({ placements, reservations, pods, nodes, clock }: ExtenderState, pod: OurPod, ranking: Ranking) {
  const seen = pods.get(`${pod.namespace}/${pod.name}`);
  // A late question about a pod that is bound must not count it twice, nor blur what was preferred before.
  if (seen?.uid === pod.uid && seen.nodeName !== null) return;
  const now = clock.now();
  const viewOf = (name: string) => nodes.get(name);
  placements.record(pod, now, scoredAnswer(ranking, { tier: pod.tier, viewOf, now }));
  if (pod.uid === '' || !pod.alive || ranking.best === null) return;
  const { uid, tier, originalMilli, spread, controllerUid } = pod;
  const controller = spread === null ? '' : controllerUid;
  reservations.prefer({ uid, node: ranking.best.name, tier, milli: originalMilli, controller });
}
