import type { Situation } from './situation.ts';

/**
 * What decisions remember of earlier ones; all of it may be lost with the agent. Times are monotonic, so that
 * a step of the wall clock neither frees the bound nor makes it last longer.
 */
export interface AttachMemory {
  /** Whether enforcement was wanted last time. */
  readonly wished: boolean;
  /**
   * Whether the next attach counts for the bound: since the last one the node was on stock for a reason that
   * pods can bring about. The first attach of an agent counts too.
   */
  readonly counts: boolean;
  /** When attaches that count were begun within the last hour. */
  readonly attaches: readonly number[];
  /** When a protected pod was last on the node; null while none was. */
  readonly protectedAt: number | null;
  /** Until when attaching is put off, as it was last said; null where it is not. */
  readonly putOff: PutOff | null;
}

export interface PutOff {
  readonly until: number;
  /** The same moment on the wall clock, for people. It stays as it was said until that clock is stepped. */
  readonly wall: number;
}

export const NO_MEMORY: AttachMemory = { wished: false, counts: true, attaches: [], protectedAt: null, putOff: null };

const HOUR_MS = 3_600_000;

/** Two readings of both clocks never agree to the millisecond. */
const CLOCK_STEP_MS = 1_000;

type AttachSituation = Pick<Situation, 'now' | 'mono' | 'desired' | 'settings'>;

/** Whether the node stays attached although nothing is protected on it any more: a pod may be on its way back. */
export function isHolding({ wished, protectedAt }: AttachMemory, { mono, settings }: AttachSituation): boolean {
  return wished && protectedAt !== null && mono - protectedAt < settings.holdMs;
}

/** Null where attaching is within the bound or does not count for it, else until when it is put off. */
export function putOffUntil(memory: AttachMemory, { now, mono, settings }: AttachSituation): PutOff | null {
  if (memory.wished || !memory.counts) return null;
  const oldest = withinHour(memory.attaches, mono).at(-settings.attachesPerHour);
  if (oldest === undefined) return null;
  const until = oldest + HOUR_MS;
  const wall = now + (until - mono);
  const said = memory.putOff;
  const isAsSaid = said !== null && said.until === until && Math.abs(said.wall - wall) < CLOCK_STEP_MS;
  return isAsSaid ? said : { until, wall };
}

/**
 * What the decision came to: to attach or stay so, or to stay on stock, for a reason that pods can bring about
 * (`tenant`) or for one that only the host and its operators can (`host`).
 */
export type Wish = 'enforce' | 'tenant' | 'host';

/** The memory after a decision. */
export function noteWish(memory: AttachMemory, { mono, desired }: AttachSituation, wish: Wish): AttachMemory {
  const attaches = withinHour(memory.attaches, mono);
  const isCounted = wish === 'enforce' && !memory.wished && memory.counts;
  return {
    wished: wish === 'enforce',
    // Kept while the host has reasons of its own: a pod that left before must not come back for free after them.
    counts: wish === 'tenant' || (wish === 'host' && memory.counts),
    attaches: isCounted ? [...attaches, mono] : attaches,
    protectedAt: desired?.hasProtected === true ? mono : memory.protectedAt,
    putOff: null,
  };
}

function withinHour(attaches: readonly number[], mono: number): number[] {
  return attaches.filter((at) => mono - at < HOUR_MS);
}
