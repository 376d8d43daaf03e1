import { earliest } from '../../src/kube/budget.ts';
import { AGENT_ANNOTATIONS } from '../../src/model/agent-annotations.ts';
import type { TierLoad } from '../../src/model/tier-load.ts';
import { type AnnotationPatch, annotationsOf, timeless } from './annotations.ts';
import type { PublishCause, Wanted } from './publish.ts';
import { type Now, type Observed, PATCH_BUDGET, type PublishState, type Written } from './state.ts';

export type PublishDecision =
  | { readonly do: 'patch'; readonly cause: PublishCause; readonly annotations: AnnotationPatch }
  /** `until` is monotonic; infinite where there is nothing to write at all. */
  | { readonly do: 'wait'; readonly cause: PublishCause | null; readonly until: number };

interface Pace {
  /** Since the last patch. */
  readonly apartMs: number;
  /** How much of the budget it must leave to words. */
  readonly reserve: number;
}

/** How soon each cause may make a patch. */
const PACE: Readonly<Record<PublishCause, Pace>> = {
  first: { apartMs: 1_000, reserve: 0 },
  word: { apartMs: 1_000, reserve: 0 },
  detail: { apartMs: 10_000, reserve: 10 },
  load: { apartMs: 30_000, reserve: 10 },
  repair: { apartMs: 30_000, reserve: 10 },
  clock: { apartMs: 30_000, reserve: 10 },
  heartbeat: { apartMs: 1_000, reserve: 0 },
};

/** `asked`: somebody waits for it. `last`: nothing will be written after it. */
export type Urgency = 'none' | 'asked' | 'last';

/**
 * For whoever cannot wait: only the bound and what the server asked for hold. Last words may be one patch more than the budget
 * has, else a Node would go on saying `enforcing` where nobody is left.
 */
const URGENT: Readonly<Record<'asked' | 'last', Pace>> = {
  asked: { apartMs: 0, reserve: 0 },
  last: { apartMs: 0, reserve: -1 },
};

/** A step of the wall clock that makes the time in the annotation wrong. */
const CLOCK_STEP_MS = 60_000;

/**
 * Whether to write the Node's annotations now, or when. A patch carries all that has changed, and a fresh tier load in any case,
 * so that each one is a heartbeat.
 *
 * @param observed the Node's annotations; null while they have not been read
 * @param urgency beyond `none` there need be no time since the last patch
 */
export function decide(
  state: PublishState,
  wanted: Wanted,
  observed: Observed | null,
  now: Now,
  urgency: Urgency = 'none',
): PublishDecision {
  let next: { cause: PublishCause; at: number } | null = null;
  for (const cause of causesOf(state, wanted, observed, now)) {
    const at = dueAt(state, cause, urgency === 'none' ? PACE[cause] : URGENT[urgency]);
    if (next === null || at < next.at) next = { cause, at };
  }
  if (next === null) return { do: 'wait', cause: null, until: Number.POSITIVE_INFINITY };
  if (next.at > now.monotonic) return { do: 'wait', cause: next.cause, until: next.at };
  return { do: 'patch', cause: next.cause, annotations: changes(state.written, wanted, observed, now.wall) };
}

function dueAt(state: PublishState, cause: PublishCause, { apartMs, reserve }: Pace): number {
  const soonest = Math.max(state.sentAt + apartMs, state.notBefore, earliest(state.budget, PATCH_BUDGET, reserve));
  return cause === 'heartbeat' ? Math.max(soonest, state.heartbeatAt) : soonest;
}

/** What of `wanted` has not been written yet; empty where all has. */
export function newsIn(wanted: Wanted, written: Written | null): readonly PublishCause[] {
  if (written === null) return ['first'];
  const { status, load, qosOverrides, generation, version } = written.wanted;
  const causes: PublishCause[] = [];
  if (wanted.status.word !== status.word || wanted.load?.protection !== load?.protection) causes.push('word');
  if (wanted.status.reason !== status.reason || wanted.qosOverrides !== qosOverrides) causes.push('detail');
  const isOtherLoad = !isSameLoad(wanted.load, load);
  if (isOtherLoad || wanted.generation !== generation || wanted.version !== version) causes.push('load');
  return causes;
}

function causesOf(
  { written, sentAt }: PublishState,
  wanted: Wanted,
  observed: Observed | null,
  now: Now,
): readonly PublishCause[] {
  const causes = [...newsIn(wanted, written)];
  if (written === null) return causes;
  // What was seen before our own last patch says nothing of what became of it.
  const isNews = observed !== null && observed.at > sentAt;
  if (isNews && isChangedByOthers(written.annotations, observed)) causes.push('repair');
  if (wanted.load !== null) {
    if (hasJumped(written.at, now)) causes.push('clock');
    causes.push('heartbeat');
  }
  return causes;
}

function isSameLoad(a: TierLoad | null, b: TierLoad | null): boolean {
  return a === b || (a !== null && b !== null && timeless(a) === timeless(b));
}

function isChangedByOthers(written: AnnotationPatch, { own }: Observed): boolean {
  return AGENT_ANNOTATIONS.some((key) => written[key] !== undefined && (own[key] ?? null) !== written[key]);
}

function hasJumped(then: Now, now: Now): boolean {
  return Math.abs(now.wall - then.wall - (now.monotonic - then.monotonic)) > CLOCK_STEP_MS;
}

function changes(written: Written | null, wanted: Wanted, observed: Observed | null, wallNow: number): AnnotationPatch {
  // The time in it makes the tier load differ from any before.
  const values = annotationsOf(wanted, wallNow);
  const changed = AGENT_ANNOTATIONS.filter((key) => {
    const value = values[key];
    if (value === undefined) return false;
    if (written === null || written.annotations[key] !== value) return true;
    return observed !== null && (observed.own[key] ?? null) !== value;
  });
  return Object.fromEntries(changed.map((key) => [key, values[key]]));
}
