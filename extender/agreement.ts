/** One pod that was scored and is bound now. */
export interface Outcome {
  /** Whether it went to a node of the highest score. */
  readonly agreed: boolean;
  /** The share of the candidates that had the highest score: how often a deaf scheduler would agree. */
  readonly chance: number;
}

export interface Heard {
  /** Null while too few pods say anything. */
  readonly heard: boolean | null;
  /** Of the latest pods, the share that went to a node of the highest score; null before the first. */
  readonly ratio: number | null;
  /** The ratio that a scheduler deaf to the extender would show for the same pods; null before the first. */
  readonly byChance: number | null;
  /** How many pods it is drawn from. */
  readonly pods: number;
}

/** The window: long enough to tell, short enough to notice within minutes. */
export const WINDOW = 200;

/** Fewer pods than this are no evidence. */
export const ENOUGH = 50;

/** Whether the scheduler follows our scores: by the latest `WINDOW` outcomes. */
export class Agreement {
  readonly #outcomes: Outcome[] = [];
  #next = 0;

  add(outcome: Outcome): void {
    this.#outcomes[this.#next] = outcome;
    this.#next = (this.#next + 1) % WINDOW;
  }

  heard(): Heard {
    return judge(this.#outcomes);
  }
}

/**
 * Heard is what agrees more often than chance would: by more than two standard errors of the sum of
 * the coins that a deaf scheduler would toss, one a pod.
 */
export function judge(outcomes: readonly Outcome[]): Heard {
  const pods = outcomes.length;
  if (pods === 0) return { heard: null, ratio: null, byChance: null, pods };
  let agreed = 0;
  let expected = 0;
  let variance = 0;
  for (const { agreed: yes, chance } of outcomes) {
    if (yes) agreed += 1;
    expected += chance;
    variance += chance * (1 - chance);
  }
  const isHeard = agreed > expected + 2 * Math.sqrt(variance);
  return { heard: pods < ENOUGH ? null : isHeard, ratio: agreed / pods, byChance: expected / pods, pods };
}
