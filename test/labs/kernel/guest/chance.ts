/** Numbers in [0, 1). */
export type Random = () => number;

export function pick<T>(from: readonly T[], random: Random): T {
  const one = from[Math.floor(random() * from.length)];
  if (one === undefined) throw new Error('nothing to choose from');
  return one;
}

/** Kinds in an order of chance, each as often as it is among them: of those in hand one that is possible now. */
export class Deck {
  readonly #kinds: readonly string[];
  readonly #random: Random;
  #hand: string[] = [];

  constructor(kinds: readonly string[], random: Random) {
    this.#kinds = kinds;
    this.#random = random;
  }

  /** Null where none that is left is possible. */
  draw(can: (kind: string) => boolean): string | null {
    if (this.#hand.length === 0) this.#hand = [...this.#kinds];
    const possible = this.#hand.filter(can);
    if (possible.length === 0) return null;
    const kind = pick(possible, this.#random);
    this.#hand.splice(this.#hand.indexOf(kind), 1);
    return kind;
  }
}
