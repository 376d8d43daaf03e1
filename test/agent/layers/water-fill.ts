/**
 * How scx_layered divides cores when layers demand more than there are, for one NUMA node: in proportion to
 * the weights, whole cores by the largest remainder, nobody more than it demands, what is left over again
 * (`allocate_budgets` of its alloc.rs, which is not what its own description of it says).
 */
export interface Contender {
  readonly weight: number;
  readonly demand: number;
}

export function divide(cores: number, contenders: ReadonlyMap<string, Contender>): Map<string, number> {
  const got = new Map<string, number>();
  const open = new Map(contenders);
  let left = cores;
  for (;;) {
    const shares = byLargestRemainder(left, open);
    giveEachOne(shares, open);
    const taken = new Map([...open].map(([name, { demand }]) => [name, Math.min(demand, shares.get(name) ?? 0)]));
    const sated = [...open.keys()].filter((name) => (taken.get(name) ?? 0) < (shares.get(name) ?? 0));
    if (sated.length === 0) {
      for (const [name, cpus] of taken) got.set(name, cpus);
      return got;
    }
    for (const name of sated) {
      got.set(name, taken.get(name) ?? 0);
      open.delete(name);
      left -= taken.get(name) ?? 0;
    }
  }
}

/** Whoever demands something gets a core, from whom has the most and more than one: so weights alone promise nothing. */
function giveEachOne(shares: Map<string, number>, contenders: ReadonlyMap<string, Contender>): void {
  for (const [name, { demand }] of contenders) {
    if (demand === 0 || shares.get(name) !== 0) continue;
    const rich = [...shares].filter(([, share]) => share > 1);
    if (rich.length === 0) continue;
    // The last of equals, as there.
    const [donor, most] = rich.reduce((best, one) => (one[1] >= best[1] ? one : best));
    shares.set(donor, most - 1);
    shares.set(name, 1);
  }
}

function byLargestRemainder(cores: number, contenders: ReadonlyMap<string, Contender>): Map<string, number> {
  const total = [...contenders.values()].reduce((sum, { weight }) => sum + weight, 0);
  const exact = [...contenders].map(([name, { weight }]) => ({ name, share: (cores * weight) / total }));
  const shares = new Map(exact.map(({ name, share }) => [name, Math.floor(share)]));
  let left = total === 0 ? 0 : cores - [...shares.values()].reduce((sum, share) => sum + share, 0);
  for (const { name, share } of exact.sort((a, b) => (b.share % 1) - (a.share % 1))) {
    if (left === 0) break;
    shares.set(name, Math.floor(share) + 1);
    left -= 1;
  }
  return shares;
}
