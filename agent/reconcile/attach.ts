import type { Situation } from './situation.ts';

/** What decisions remember of earlier ones; all of it may be lost with the agent. */
export interface AttachMemory {
  /** Whether enforcement was wanted last time. */
  readonly wished: boolean;
  /** When attaching was begun within the last hour, milliseconds since the epoch. */
  readonly attaches: readonly number[];
  /** When a protected pod was last on the node; null while none was. */
  readonly protectedAt: number | null;
}

export const NO_MEMORY: AttachMemory = { wished: false, attaches: [], protectedAt: null };

const HOUR_MS = 3_600_000;

type AttachSituation = Pick<Situation, 'now' | 'desired' | 'settings'>;

/** Whether the node stays attached although nothing is protected on it any more: a pod may be on its way back. */
export function isHolding({ wished, protectedAt }: AttachMemory, { now, settings }: AttachSituation): boolean {
  return wished && protectedAt !== null && now - protectedAt < settings.holdMs;
}

/** Null where attaching is within the bound, else when it will be, milliseconds since the epoch. */
export function mayAttach({ wished, attaches }: AttachMemory, { now, settings }: AttachSituation): number | null {
  if (wished) return null;
  const recent = withinHour(attaches, now);
  const oldest = recent.at(-settings.attachesPerHour);
  return oldest === undefined ? null : oldest + HOUR_MS;
}

/** The memory after a decision. */
export function noteWish(memory: AttachMemory, { now, desired }: AttachSituation, wishes: boolean): AttachMemory {
  const attaches = withinHour(memory.attaches, now);
  const protectedAt = memory.protectedAt === null ? null : Math.min(memory.protectedAt, now);
  return {
    wished: wishes,
    attaches: wishes && !memory.wished ? [...attaches, now] : attaches,
    protectedAt: desired?.hasProtected === true ? now : protectedAt,
  };
}

/** A clock that was set back begins the hour anew, else it would last as much longer. */
function withinHour(attaches: readonly number[], now: number): number[] {
  return attaches.filter((at) => now - at < HOUR_MS).map((at) => Math.min(at, now));
}
