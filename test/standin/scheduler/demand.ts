import { type Amount, roundUp } from '../amount.ts';
import { type Amounts, type Holding, podRequests, readHoldings } from '../pod-amounts.ts';

/** CPU in millicores and memory in bytes, as kube-scheduler counts them. */
export interface Vector {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
}

/** What a pod takes from a node. */
export interface Demand {
  /** Its effective requests. */
  readonly requested: Vector;
  /** The same with a small stand-in for each container that asks for nothing: LeastAllocated counts that. */
  readonly assumed: Vector;
}

export const NOTHING: Vector = { cpuMilli: 0, memoryBytes: 0 };

const MILLI = 1_000_000n;
const UNIT = 1_000_000_000n;
/** kube-scheduler's defaults for a container without a request: 100m and 200 MiB. */
const ASSUMED: ReadonlyMap<string, Amount> = new Map([
  ['cpu', { nano: 100n * MILLI, format: 'decimal' }],
  ['memory', { nano: 200n * 1024n * 1024n * UNIT, format: 'binary' }],
]);

/** @param podSpec `spec` of a pod that the API server has admitted. */
export function demandOf(podSpec: unknown): Demand {
  const holdings = readHoldings(podSpec);
  const assumed = ({ requests }: Holding): Amounts => new Map([...ASSUMED, ...requests]);
  const level = holdings.level;
  // A pod-level request is never assumed: only containers are filled up.
  const of = (holding: Holding): Amounts => (holding === level ? holding.requests : assumed(holding));
  return { requested: vectorOf(podRequests(holdings)), assumed: vectorOf(podRequests(holdings, of)) };
}

export function vectorOf(amounts: Amounts): Vector {
  return {
    cpuMilli: Number(roundUp(amounts.get('cpu')?.nano ?? 0n, MILLI)),
    memoryBytes: Number(roundUp(amounts.get('memory')?.nano ?? 0n, UNIT)),
  };
}

export function plus(a: Vector, b: Vector): Vector {
  return { cpuMilli: a.cpuMilli + b.cpuMilli, memoryBytes: a.memoryBytes + b.memoryBytes };
}

export function minus(a: Vector, b: Vector): Vector {
  return { cpuMilli: a.cpuMilli - b.cpuMilli, memoryBytes: a.memoryBytes - b.memoryBytes };
}
