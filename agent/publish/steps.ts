/** How far from a rung a value may stray, in shares of the way to the next one, before it counts as another. */
const HOLD = 0.75;

/** PSI in percent: fine where little pressure is news, coarse where there is much. */
export const PRESSURE_RUNGS: readonly number[] = [0, 1, 5, 10, 25, 50, 75, 100];

/**
 * The rung that stands for a value: the nearest, but the previous one as long as the value stays within three quarters of the
 * way to its neighbours. So noise of less than half a step does not change it more than once.
 *
 * @param rungs ascending, not empty
 * @param previous a rung, or anything else where there is none
 */
export function onLadder(value: number, rungs: readonly number[], previous: number | undefined): number {
  const at = previous === undefined ? -1 : rungs.indexOf(previous);
  const rung = rungs[at];
  if (rung !== undefined) {
    const below = HOLD * (rung - (rungs[at - 1] ?? Number.NEGATIVE_INFINITY));
    const above = HOLD * ((rungs[at + 1] ?? Number.POSITIVE_INFINITY) - rung);
    if (value >= rung - below && value <= rung + above) return rung;
  }
  return rungs.reduce((best, other) => (Math.abs(other - value) < Math.abs(best - value) ? other : best));
}

/** Likewise with the multiples of `step`. */
export function onMultiples(value: number, step: number, previous: number | undefined): number {
  const held = previous !== undefined && previous % step === 0 && Math.abs(value - previous) <= HOLD * step;
  return held ? previous : Math.round(value / step) * step;
}
