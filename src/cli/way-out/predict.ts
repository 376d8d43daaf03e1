/** What the prediction needs to know of a pod that holds CPU. */
export interface HeldPod {
  readonly namespace: string;
  readonly node: string;
  readonly priority: number;
  /** What it asked for. */
  readonly originalMilli: number;
  /** What it has: less, where it is scaled. */
  readonly requestMilli: number;
}

export interface Room {
  readonly name: string;
  /** Allocatable. */
  readonly milli: number;
  /** Its taints, as a text; empty for a node that takes every pod. Null for one that takes none. */
  readonly taints: string | null;
}

export interface CpuQuota {
  readonly namespace: string;
  readonly hardMilli: number;
}

/** Scaled pods that would have no room. */
export interface Lost {
  /** By quotas. */
  readonly refused: number;
  /** No node has room. */
  readonly pending: number;
}

/** What becomes of scaled pods when all of them are made anew without the webhook. */
export interface WayOut {
  readonly scaledPods: number;
  /** What they will ask for more. */
  readonly debtMilli: number;
  /** Where small pods come before large ones. */
  readonly least: Lost;
  /** Where large ones come first. The same where all are of one size. */
  readonly most: Lost;
}

/**
 * By CPU alone, the highest priority first, as in the scheduler's queue. A pod finds room on a node that has the taints of the
 * one it is on, or else takes every pod. Preemption is left out: it changes who stays Pending, hardly how many.
 */
export function predict(pods: readonly HeldPod[], nodes: readonly Room[], quotas: readonly CpuQuota[]): WayOut {
  const isScaled = ({ originalMilli, requestMilli }: HeldPod): boolean => originalMilli > requestMilli;
  const scaled = pods.filter(isScaled);
  const stay = pods.filter((pod) => !isScaled(pod));
  const lostIn = (order: (a: HeldPod, b: HeldPod) => number): Lost =>
    lost(
      scaled.toSorted((a, b) => b.priority - a.priority || order(a, b)),
      leftInQuotas(stay, quotas),
      poolsOf(stay, nodes),
      new Map(nodes.map(({ name, taints }) => [name, taints])),
    );
  return {
    scaledPods: scaled.length,
    debtMilli: scaled.reduce((sum, { originalMilli, requestMilli }) => sum + originalMilli - requestMilli, 0),
    least: lostIn((a, b) => a.originalMilli - b.originalMilli),
    most: lostIn((a, b) => b.originalMilli - a.originalMilli),
  };
}

/** Takes what the pods need, in their order, out of the quotas and the pools. */
function lost(
  pods: readonly HeldPod[],
  quotaLeft: Map<string, number>,
  pools: ReadonlyMap<string, Pool>,
  taintsOf: ReadonlyMap<string, string | null>,
): Lost {
  let refused = 0;
  let pending = 0;
  for (const { namespace, node, originalMilli } of pods) {
    const left = quotaLeft.get(namespace) ?? Number.POSITIVE_INFINITY;
    if (left < originalMilli) {
      refused++;
      continue;
    }
    quotaLeft.set(namespace, left - originalMilli);
    const own = taintsOf.get(node) ?? '';
    if (![own, ''].some((taints) => pools.get(taints)?.take(originalMilli))) pending++;
  }
  return { refused, pending };
}

/** Of the tightest quota of each namespace, what the pods that stay leave. */
function leftInQuotas(stay: readonly HeldPod[], quotas: readonly CpuQuota[]): Map<string, number> {
  const left = new Map<string, number>();
  for (const { namespace, hardMilli } of quotas)
    left.set(namespace, Math.min(left.get(namespace) ?? Number.POSITIVE_INFINITY, hardMilli));
  for (const { namespace, requestMilli } of stay) {
    const before = left.get(namespace);
    if (before !== undefined) left.set(namespace, before - requestMilli);
  }
  return left;
}

/** What the pods that stay leave on the nodes, by their taints. */
function poolsOf(stay: readonly HeldPod[], nodes: readonly Room[]): Map<string, Pool> {
  const free = new Map(nodes.map(({ name, milli }) => [name, milli]));
  for (const { node, requestMilli } of stay) {
    const before = free.get(node);
    if (before !== undefined) free.set(node, before - requestMilli);
  }
  const pools = new Map<string, number[]>();
  for (const { name, taints } of nodes)
    if (taints !== null) pools.set(taints, [...(pools.get(taints) ?? []), free.get(name) ?? 0]);
  return new Map([...pools].map(([taints, list]) => [taints, new Pool(list)]));
}

/** Free CPU of nodes, ascending: as the scheduler does by default, the emptiest is taken. */
class Pool {
  readonly #free: number[];

  constructor(free: readonly number[]) {
    this.#free = free.toSorted((a, b) => a - b);
  }

  /** @returns whether there was room */
  take(milli: number): boolean {
    const most = this.#free.at(-1) ?? 0;
    if (most < milli) return false;
    this.#free.pop();
    const rest = most - milli;
    let low = 0;
    let high = this.#free.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#free[middle] ?? 0) < rest) low = middle + 1;
      else high = middle;
    }
    this.#free.splice(low, 0, rest);
    return true;
  }
}
