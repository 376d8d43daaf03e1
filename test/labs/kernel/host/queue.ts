import type { Case } from '../runner/case.ts';
import type { Boot } from './boots.ts';
import { BOOT_COST } from './costs.ts';

/** The cases of a boot that wait, for any number of guests of its kind. */
export interface Lane {
  readonly boot: Boot;
  /** The longest case that waits; null where none does. */
  next(): Case | null;
  /** All that wait, which then wait no more. */
  giveUp(): Case[];
}

interface Waiting extends Lane {
  readonly cases: Case[];
  guests: number;
  /** Of all that wait. */
  cost(): number;
}

/** Hands cases to guests side by side. No plan is needed: who is free takes what is left. */
export class Queue {
  readonly #lanes: Waiting[];

  /** @param costOf of a case by its name, seconds */
  constructor(boots: readonly Boot[], costOf: (name: string) => number) {
    const sum = (cases: readonly Case[]): number => cases.reduce((total, { name }) => total + costOf(name), 0);
    this.#lanes = boots.map((boot) => {
      const cases = boot.cases.toSorted((a, b) => costOf(b.name) - costOf(a.name));
      return {
        boot,
        cases,
        guests: 0,
        cost: () => sum(cases),
        next: () => cases.shift() ?? null,
        giveUp: () => cases.splice(0),
      };
    });
  }

  /**
   * What a new guest should be; null where there is nothing for it. Small lanes first, each by a guest of its own: the
   * large one, which several guests can share, is left for the end, and within it the small cases.
   */
  enter(): Lane | null {
    const open = this.#lanes.filter(({ cases }) => cases.length > 0).sort((a, b) => a.cost() - b.cost());
    const untouched = open.find(({ guests }) => guests === 0);
    const shared = open.findLast((lane) => lane.cost() > BOOT_COST);
    const lane = untouched ?? shared;
    if (lane === undefined) return null;
    lane.guests++;
    return lane;
  }

  /** A guest of this lane has ended. */
  leave(lane: Lane): void {
    (lane as Waiting).guests--;
  }
}
