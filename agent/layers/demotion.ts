import type { Fence } from '../../src/model/fence.ts';

/** Whether Critical goes without its fence. Kept by the caller from one computation to the next. */
export interface Demotion {
  readonly demoted: boolean;
  /** While demoted: since when the fence fits again, monotonic; null where it does not. */
  readonly fitsSince: number | null;
  /** While demoted: the CPUs that could be fenced; 0 where it is not. */
  readonly fenceable: number;
}

export const NOT_DEMOTED: Demotion = { demoted: false, fitsSince: null, fenceable: 0 };

/**
 * Critical is demoted as soon as its fence does not fit, and fenced again once it has fitted for
 * `holdMs`: so a pod that comes and goes moves the fence once, not each time. Without any Critical pod
 * there is no fence to move, and nothing to hold; nor where a CPU came back, since nobody enforces meanwhile.
 */
export function nextDemotion(
  previous: Demotion,
  fence: Fence,
  { now, holdMs }: { readonly now: number; readonly holdMs: number },
): Demotion {
  const { fits, needed, fenceable } = fence;
  if (!fits) return { demoted: true, fitsSince: null, fenceable };
  if (!previous.demoted || needed === 0 || previous.fenceable !== fenceable) return NOT_DEMOTED;
  const fitsSince = previous.fitsSince ?? now;
  return now - fitsSince >= holdMs ? NOT_DEMOTED : { demoted: true, fitsSince, fenceable };
}

/** When to compute again though nothing changes, monotonic; null where there is no need. */
export function recheckAt({ demoted, fitsSince }: Demotion, holdMs: number): number | null {
  return demoted && fitsSince !== null ? fitsSince + holdMs : null;
}
