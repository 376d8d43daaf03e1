import type { Watched } from '../src/kube/store.ts';
import type { Clock } from '../src/model/clock.ts';
import type { PodView } from '../src/model/pod-view.ts';
import { TIERS } from '../src/model/tier.ts';
import type { Workload } from '../src/model/workload.ts';
import type { Logger } from '../src/telemetry/logger.ts';
import type { Metrics } from '../src/telemetry/metrics.ts';
import { stackOf } from '../src/telemetry/stack.ts';
import { CapacityDebt } from './debt.ts';
import { type Decision, decide } from './decide.ts';
import { DecisionLog } from './decision-log.ts';
import { type Explanation, explainDecision, explainView } from './explain.ts';
import { type FactStores, watchedFacts } from './facts.ts';
import { policyFor, type WebhookPolicy } from './policy.ts';
import { Refusals } from './refusals.ts';
import { type Answer, type Review, readReview, writeReview } from './review.ts';

export interface WebhookDeps {
  readonly stores: FactStores & { readonly pods: Watched<PodView> };
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export interface Webhook {
  /** Answers an AdmissionReview; null where the body has no request to answer to. */
  review(body: unknown, bodyBytes: number): ReturnType<typeof writeReview> | null;
  /** Why the pod was or was not scaled; undefined where it is not known. */
  explain(namespace: string, name: string): Explanation | undefined;
  /** What would be decided now about a pod, in the namespace it names. */
  tryPod(pod: unknown, namespace: string): Explanation;
  configure(policy: WebhookPolicy): void;
}

/** The webhook as one thing: decisions, and what is remembered, counted and logged of them. */
export function createWebhook({ stores, clock, metrics, logger }: WebhookDeps, initial: WebhookPolicy): Webhook {
  const facts = watchedFacts(stores);
  const refusals = new Refusals();
  const log = new DecisionLog();
  const debt = new CapacityDebt(stores.pods);
  let policy = initial;

  const reviews = metrics.counter('temper_webhook_reviews_total');
  const duration = metrics.histogram('temper_webhook_review_duration_seconds');
  const freed = metrics.counter('temper_webhook_cpu_freed_cores_total');
  metrics.onScrape('temper_webhook_workloads_left_unscaled', (set) => set({}, refusals.leftAlone(clock.now())));
  metrics.onScrape('temper_capacity_debt_cores', (set) => {
    for (const tier of TIERS) set({ tier }, debt.milliOf(tier) / 1000);
  });

  stores.pods.subscribe((change) => {
    if (change.type !== 'set' || change.previous !== undefined) return;
    log.seen(change.value);
    refusals.appeared(workloadKey(change.value.namespace, change.value.workload));
  });

  const decideNow = (review: Review, bodyBytes: number, now: number): Decision =>
    decide({
      review,
      bodyBytes,
      policy: policyFor(policy, review),
      facts,
      now,
      isRefusedDownstream: (namespace, workload) =>
        refusals.leavesAlone(workloadKey(namespace, workload), now, stores.pods.lastContactAt),
    });

  /** A fault of ours must not cost anyone a pod: it is admitted as it is, and the log has the stack. */
  function decideSafely(review: Review, bodyBytes: number, now: number): Decision {
    try {
      return decideNow(review, bodyBytes, now);
    } catch (error) {
      logger.error({ uid: review.uid, stack: stackOf(error) }, 'TMP2013: the webhook failed');
      return { outcome: 'unchanged', reason: { id: 'internal-error' }, patch: [], containers: [] };
    }
  }

  function remember(review: Review, decision: Decision, now: number): void {
    log.add(review, decision, now);
    if (decision.outcome !== 'patched' || decision.reason.id !== 'scaled') return;
    if (decision.workload) refusals.admitted(workloadKey(review.namespace, decision.workload), now);
    const milli = decision.containers.reduce((sum, one) => sum + one.currentMilli - one.scaledMilli, 0n);
    freed.inc({ tier: decision.tier?.tier ?? 'normal' }, Number(milli) / 1000);
  }

  return {
    review(body, bodyBytes) {
      const start = clock.monotonic();
      const review = readReview(body);
      if (review === null) return null;
      const now = clock.now();
      const decision = decideSafely(review, bodyBytes, now);
      if (!review.dryRun) remember(review, decision, now);
      reviews.inc({ outcome: decision.outcome, reason: decision.reason.id });
      logger.info(logFields(review, decision), 'admission review');
      const answer = writeReview(review, answerOf(decision, policy));
      duration.observe((clock.monotonic() - start) / 1000);
      return answer;
    },
    explain(namespace, name) {
      const logged = log.find(namespace, name);
      if (logged !== undefined) return explainDecision('logged', logged);
      const view = stores.pods.get(`${namespace}/${name}`);
      return view === undefined ? undefined : explainView(view);
    },
    tryPod: (pod, namespace) => explainDecision('trial', decideNow(trialReview(pod, namespace), 0, clock.now())),
    configure(next) {
      policy = next;
    },
  };
}

const workloadKey = (namespace: string, { kind, name }: Workload): string => `${namespace}/${kind}/${name}`;

function answerOf({ patch, outcome, reason, tier, factor }: Decision, policy: WebhookPolicy): Answer {
  const warning = `temper: CPU requests scaled by ${factor}; the originals are in an annotation of the pod`;
  return {
    patch,
    auditAnnotations: {
      outcome,
      reason: reason.id,
      ...(tier && { tier: tier.tier }),
      ...(factor !== undefined && { factor: String(factor) }),
    },
    warnings: policy.warnings && reason.id === 'scaled' && outcome === 'patched' ? [warning] : [],
  };
}

/** Names and decisions only: nothing that a pod carries ever reaches the log. */
function logFields(review: Review, { outcome, reason, tier, factor, pod }: Decision) {
  return {
    uid: review.uid,
    namespace: review.namespace,
    pod: review.name || pod?.metadata.name || pod?.metadata.generateName || '',
    dryRun: review.dryRun || undefined,
    outcome,
    reason: reason.id,
    detail: reason.detail,
    tier: tier?.tier,
    factor,
  };
}

function trialReview(object: unknown, namespace: string): Review {
  return {
    uid: 'trial',
    apiVersion: 'admission.k8s.io/v1',
    operation: 'CREATE',
    group: '',
    resource: 'pods',
    subResource: '',
    namespace,
    name: '',
    dryRun: true,
    object,
  };
}
