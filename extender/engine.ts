import type { Watched } from '../src/kube/store.ts';
import type { Clock } from '../src/model/clock.ts';
import { ERRORS } from '../src/model/errors.ts';
import type { Pod } from '../src/model/pod.ts';
import { type PodView, podView } from '../src/model/pod-view.ts';
import type { Logger } from '../src/telemetry/logger.ts';
import type { Metrics } from '../src/telemetry/metrics.ts';
import { stackOf } from '../src/telemetry/stack.ts';
import type { Heard } from './agreement.ts';
import { answerFilter, type FilterAnswer } from './answer-filter.ts';
import { answerPrioritize, type PrioritizeAnswer, rankFor } from './answer-prioritize.ts';
import { explainNode, type NodeExplanation } from './explain/node.ts';
import { explainPlacement, type PlacementExplanation } from './explain/placement.ts';
import { explainNotOurs, explainPod, type PodExplanation } from './explain/pod.ts';
import { explainedNodes } from './explain/ranking.ts';
import { type BoundPod, followNodes, followPods } from './follow.ts';
import { exportGauges } from './gauges.ts';
import { createHearing } from './hearing.ts';
import { createKnownNodes } from './known-nodes.ts';
import type { NodeView } from './node-view.ts';
import { claim } from './ours.ts';
import { Placements } from './placements.ts';
import { Reservations } from './reservations/reservations.ts';
import type { ExtenderSettings } from './settings.ts';
import type { ExtenderState } from './state.ts';

export interface ExtenderDeps {
  /** Nodes as `readNodeView` keeps them. */
  readonly nodes: Watched<NodeView>;
  /** Pods as `podView` of the model keeps them; terminated ones may be left out. */
  readonly pods: Watched<PodView>;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly settings: ExtenderSettings;
}

/** The scheduler extender: what the routes of the scheduler and of explain call. */
export interface Extender {
  /** Takes new settings. Pods in the watch keep the tier they were read with until the watch shows them again. */
  configure(settings: ExtenderSettings): void;
  /** Answers a parsed body, whatever it is. Never throws; nor does `filter`. */
  prioritize(body: unknown): PrioritizeAnswer;
  filter(body: unknown): FilterAnswer;
  /** Whether the scheduler follows the scores. */
  heard(): Heard;
  /** Null where the node watch does not show the node. */
  explainNode(name: string): NodeExplanation | null;
  /** Null where the scheduler has not asked for the pod lately. */
  explainPlacement(uid: string): PlacementExplanation | null;
  /** What each node would score for a pod, now; counts and reserves nothing. */
  scoreAll(pod: Pod): PodExplanation;
}

/** Wires the extender to its watches. It lives as long as they do. */
export function createExtender({ nodes, pods, clock, metrics, logger, settings }: ExtenderDeps): Extender {
  const startedAt = clock.now();
  const bound = metrics.counter('temper_extender_bound_pods_total');
  const dropped = metrics.counter('temper_extender_reservations_dropped_total');
  const reservations = new Reservations(clock, () => dropped.inc());
  const placements = new Placements();
  const hearing = createHearing(logger);
  const known = createKnownNodes(nodes, reservations, clock);
  const state: ExtenderState = { clock, nodes, pods, known, reservations, placements, settings };

  followNodes(nodes, reservations);
  followPods(pods, reservations, clock, noteBound);
  exportGauges(metrics, { nodes, reservations, hearing, clock });

  /** Pods bound before we were there to be asked say nothing; the API server's times are whole seconds. */
  function noteBound(pod: BoundPod): void {
    if (pod.boundAt < startedAt - 1000 || 'notOurs' in claim(pod, state.settings)) return;
    const placement = placements.bound(pod.uid, pod.nodeName, pod.boundAt);
    bound.inc({ asked: placement === undefined ? 'no' : 'yes' });
    if (placement === undefined || 'notOurs' in placement.answer || placement.binding === null) return;
    const { preferred, candidates } = placement.answer;
    const { firstChoice } = placement.binding;
    if (preferred === null || firstChoice === null) return;
    hearing.note({ agreed: firstChoice, chance: preferred.length / candidates });
  }

  /** A fault of ours must not cost anyone a pod: the answer then has no influence, and the log has the stack. */
  function safely<Answer>(answer: () => Answer): Answer | null {
    try {
      return answer();
    } catch (error) {
      logger.error({ stack: stackOf(error) }, `TMP2013: ${ERRORS.TMP2013.title}`);
      return null;
    }
  }

  return {
    configure(changed) {
      state.settings = changed;
    },
    prioritize: (body) =>
      safely(() => answerPrioritize(state, body)) ?? { ok: true, outcome: 'internal-error', list: [] },
    filter: (body) =>
      safely(() => answerFilter(state, body)) ?? {
        ok: false,
        outcome: 'internal-error',
        error: 'TMP2013',
        problem: 'nothing is filtered',
      },
    heard: () => hearing.heard(),
    explainNode(name) {
      const view = nodes.get(name);
      if (view === undefined) return null;
      const node = known.forScoring('')(name);
      const firm = reservations.firmOn(name);
      return explainNode({ view, known: node, firm, tentative: reservations.tentativeOn(name), now: clock.now() });
    },
    explainPlacement(uid) {
      const placement = placements.get(uid);
      return placement === undefined ? null : explainPlacement(placement);
    },
    scoreAll(pod) {
      const view = podView(pod, state.settings);
      const claimed = claim(view, state.settings);
      if ('notOurs' in claimed) return explainNotOurs(view, claimed.notOurs);
      const names = [...nodes.values()].map(({ name }) => name);
      const ranking = rankFor(state, claimed.pod, names);
      const viewOf = (name: string) => nodes.get(name);
      return explainPod(view, explainedNodes(ranking, { tier: claimed.pod.tier, viewOf, now: clock.now() }));
    },
  };
}
