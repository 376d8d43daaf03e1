import { type NodeFacts, totalDemand } from './demand.ts';

export interface Packing {
  /** What all pods ask for once this one is there, millicores. */
  readonly needMilli: number;
  /** All CPUs of the node, millicores. */
  readonly totalMilli: number;
  /** How full that is: 0 for empty, 1 for full; more where original requests add up to more than the node has. */
  readonly fullness: number;
}

/** How full the node would be with a batch pod of `requestMilli` on it. Protection does not matter to batch. */
export function packing(requestMilli: number, { machine, demand }: NodeFacts): Packing {
  const needMilli = totalDemand(demand) + requestMilli;
  const totalMilli = machine.cpus * 1000;
  return { needMilli, totalMilli, fullness: needMilli / totalMilli };
}
