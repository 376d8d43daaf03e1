/**
 * How scx_layered divides cores when layers demand more than there are, for one NUMA node: in proportion to
 * the weights, whole cores by the largest remainder, nobody more than it demands, what is left over again.
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
    const sated = [...open].filter(([name, { demand }]) => (shares.get(name) ?? 0) > demand);
    if (sated.length === 0) {
      for (const [name, share] of shares) got.set(name, share);
      return got;
    }
    for (const [name, { demand }] of sated) {
      got.set(name, demand);
      open.delete(name);
      left -= demand;
    }
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
