/** Draws from a seeded source of numbers in [0, 1). */
export interface Draw {
  /** A number from `low` to `high`. */
  between(low: number, high: number): number;
  integer(low: number, high: number): number;
  chance(share: number): boolean;
  /** One of the items, each as often as its weight says. */
  weighted<T extends { readonly weight: number }>(items: readonly T[]): T;
}

export function drawFrom(random: () => number): Draw {
  const between = (low: number, high: number): number => low + random() * (high - low);
  return {
    between,
    integer: (low, high) => Math.floor(between(low, high + 1)),
    chance: (share) => random() < share,
    weighted(items) {
      const last = items.at(-1);
      if (last === undefined) throw new RangeError('nothing to draw from');
      let left = random() * items.reduce((sum, { weight }) => sum + weight, 0);
      for (const item of items) {
        left -= item.weight;
        if (left < 0) return item;
      }
      return last;
    },
  };
}
