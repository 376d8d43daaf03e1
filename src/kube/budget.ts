/** How many requests may be made: at most `burst` at once, and one more for each `intervalMs`. */
export interface BudgetRule {
  readonly burst: number;
  readonly intervalMs: number;
}

/**
 * A token bucket that never counts tokens, so that nothing is lost to rounding: what is kept is the time at which the bucket will
 * be full again. In any hour there are at most `burst + 3600000 / intervalMs` requests.
 */
export interface Budget {
  /** Milliseconds of the clock that `spend` and `earliest` are called with. */
  readonly fullAt: number;
}

export const FULL_BUDGET: Budget = { fullAt: Number.NEGATIVE_INFINITY };

/**
 * When a request may be made.
 *
 * @param reserve how many are kept back for what is more urgent; less than `burst`
 */
export function earliest(budget: Budget, rule: BudgetRule, reserve = 0): number {
  return budget.fullAt - (rule.burst - 1 - reserve) * rule.intervalMs;
}

/** The budget after a request. */
export function spend(budget: Budget, rule: BudgetRule, now: number): Budget {
  return { fullAt: Math.max(budget.fullAt, now) + rule.intervalMs };
}
