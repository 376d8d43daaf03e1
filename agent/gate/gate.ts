/** The door of `agent/gate/`: may this node enforce? Shared with `temper-cli check --pre`. */

export type Verdict = 'pass' | 'fail' | 'warn';

/** One check's answer. Ids are stable: `TMP3…`, see docs/reference/errors.md. */
export interface GateCheck {
  readonly id: string;
  /** A short name, e.g. `sched-ext`; the label of `temper_gate`. */
  readonly check: string;
  readonly verdict: Verdict;
  /** What was found. */
  readonly reason: string;
  /** What to do; null where it passed. */
  readonly remedy: string | null;
}

export interface GateReport {
  readonly checks: readonly GateCheck[];
  /** The first failed check's reason; null where the node may enforce. */
  readonly refusal: string | null;
}
