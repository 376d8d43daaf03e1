import { podSeed, rendezvous } from './rendezvous.ts';

/** The nodes of a request with their scores before ties are settled, in columns of the same order. */
export interface Scored {
  readonly names: readonly string[];
  readonly levels: Uint8Array;
  readonly values: Float64Array;
  /** 1 where the node may be the one: it is graded, or spread comes first and it costs least in it. */
  readonly mayWin: Uint8Array;
}

/** The highest score of a request. */
export interface Top {
  /** The highest level of all nodes. */
  readonly level: number;
  /** The index of the one that keeps the level while the others get one less; null where nothing known tells them apart. */
  readonly winner: number | null;
}

/**
 * Makes the highest score unique where one of its nodes may win: the best by value, then by the
 * pod's own order of the nodes, wins. kube-scheduler breaks ties at random, and a reservation must
 * be on the node that it will choose.
 */
export function settleTop({ names, levels, values, mayWin }: Scored, pod: string): Top {
  let level = 0;
  for (const own of levels) if (own > level) level = own;
  const seed = podSeed(pod);
  let best: Candidate | null = null;
  names.forEach((name, index) => {
    if (levels[index] !== level || mayWin[index] !== 1) return;
    const value = values[index] ?? 0;
    if (best !== null && value < best.value) return;
    const candidate = { index, name, value, rank: rendezvous(seed, name) };
    if (best === null || isBetter(candidate, best)) best = candidate;
  });
  return { level, winner: (best as Candidate | null)?.index ?? null };
}

interface Candidate {
  readonly index: number;
  readonly name: string;
  readonly value: number;
  readonly rank: number;
}

function isBetter(a: Candidate, b: Candidate): boolean {
  if (a.value !== b.value) return a.value > b.value;
  return a.rank !== b.rank ? a.rank > b.rank : a.name < b.name;
}
