import { type Budget, type BudgetRule, FULL_BUDGET, spend } from '../../src/kube/budget.ts';
import { REFUSED_IN_PASSING } from '../../src/kube/refusal.ts';
import type { WriteOutcome } from '../../src/kube/write.ts';
import type { AgentAnnotations } from '../../src/model/agent-annotations.ts';
import type { AnnotationPatch } from './annotations.ts';
import type { Wanted } from './publish.ts';

/** Both clocks at one moment, milliseconds. */
export interface Now {
  readonly wall: number;
  readonly monotonic: number;
}

/** The agent's annotations as the Node had them when the watch last told, monotonic. */
export interface Observed {
  readonly own: AgentAnnotations;
  readonly at: number;
}

/** What a patch was to say, and when: the last one that went through is what the Node has. */
export interface Written {
  readonly wanted: Wanted;
  readonly annotations: AnnotationPatch;
  readonly at: Now;
}

/** All that `decide` must remember. Times are monotonic. */
export interface PublishState {
  readonly written: Written | null;
  /** When a patch was last sent, whatever became of it. */
  readonly sentAt: number;
  /** The server, or failures in a row, ask to wait until then. */
  readonly notBefore: number;
  readonly failures: number;
  /** Of the failures, how many in a row were 401 or 403. */
  readonly refusals: number;
  readonly heartbeatAt: number;
  readonly budget: Budget;
}

export const NOTHING_WRITTEN: PublishState = {
  written: null,
  sentAt: Number.NEGATIVE_INFINITY,
  notBefore: Number.NEGATIVE_INFINITY,
  failures: 0,
  refusals: 0,
  heartbeatAt: Number.NEGATIVE_INFINITY,
  budget: FULL_BUDGET,
};

/** With 30 at once and one more in 24 s there are at most 180 patches in any hour, tries that failed among them. */
export const PATCH_BUDGET: BudgetRule = { burst: 30, intervalMs: 24_000 };

const BACKOFF_MS = 2_000;
const BACKOFF_CAP_MS = 60_000;
/** After a refusal that a person has to mend. */
const REFUSED_MS = 60_000;

/** The state once a patch is under way. */
export function sent(state: PublishState, now: number): PublishState {
  return { ...state, sentAt: now, budget: spend(state.budget, PATCH_BUDGET, now) };
}

/**
 * The state once a patch has its answer.
 *
 * @param random a number in [0, 1): nodes that fail together do not return together, and their heartbeats drift apart
 */
export function settled(
  state: PublishState,
  patch: Written,
  outcome: WriteOutcome,
  now: number,
  random: number,
): PublishState {
  if (outcome.outcome === 'ok') {
    const annotations = { ...state.written?.annotations, ...patch.annotations };
    // Up to 15 % early, so that an answer that takes its time still comes within the period.
    const heartbeatAt = now + (patch.wanted.load?.heartbeatMs ?? Number.POSITIVE_INFINITY) * (0.95 - 0.1 * random);
    return {
      ...state,
      written: { ...patch, annotations },
      notBefore: Number.NEGATIVE_INFINITY,
      failures: 0,
      refusals: 0,
      heartbeatAt,
    };
  }
  const failures = state.failures + 1;
  const refusals = outcome.outcome === 'forbidden' ? state.refusals + 1 : 0;
  const isRefused = refusals > REFUSED_IN_PASSING || outcome.outcome === 'gone' || outcome.outcome === 'rejected';
  // While the server was away the waits have grown; that it refuses says that it is back.
  const exponent = refusals > 0 ? refusals - 1 : state.failures;
  const ceiling = isRefused ? 2 * REFUSED_MS : Math.min(BACKOFF_CAP_MS, BACKOFF_MS * 2 ** exponent);
  const asked = outcome.outcome === 'unavailable' ? outcome.retryAfterMs : 0;
  return { ...state, failures, refusals, notBefore: now + asked + (ceiling * (1 + random)) / 2 };
}
