import { type Replicas, spreadCosts } from './cost.ts';

/** The nodes of a request before ties are settled, in columns of the same order; both are changed. */
export interface Columns {
  readonly names: readonly string[];
  readonly levels: Uint8Array;
  /** 1 where the node is graded; afterwards, where it may win a tie. */
  readonly mayWin: Uint8Array;
}

/**
 * Spread comes first: only the nodes that cost least in it keep their level, all others get the lowest level of the request.
 * So whatever its weight, the extender moves a pod to a node that costs least in spread, or not at all. Where it has a say, it
 * chooses one of those for the scheduler also if none of them is graded: then it knows where the replica goes, for the next one.
 *
 * @param handicap whether a node that is not graded counts one replica more than it has: being protected is worth that much
 * @returns 1 where a node lost its level
 */
export function holdBack({ names, levels, mayWin }: Columns, replicas: Replicas, handicap: boolean): Uint8Array {
  const hasSay = mayWin.includes(1);
  const costs = spreadCosts(names, replicas, handicap ? mayWin.map((graded) => 1 - graded) : null);
  const least = lowestOf(costs);
  const lowest = lowestOf(levels);
  return levels.map((level, index) => {
    const leads = costs[index] === least;
    mayWin[index] = leads && hasSay ? 1 : 0;
    if (leads || level === lowest) return 0;
    levels[index] = lowest;
    return 1;
  });
}

function lowestOf(numbers: Uint8Array | Int32Array): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (const one of numbers) if (one < lowest) lowest = one;
  return lowest;
}
