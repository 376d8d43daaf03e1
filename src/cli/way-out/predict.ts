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

/** What becomes of scaled pods when all of them are made anew without the webhook. */
export interface WayOut {
  readonly scaledPods: number;
  /** What they will ask for more. */
  readonly debtMilli: number;
  /** Quotas refuse so many. */
  readonly refused: number;
  /** So many more stay Pending, since no node has room. */
  readonly pending: number;
}

/**
 * By CPU alone, in the order of the scheduler's queue, the largest first among equals. A pod finds room on a node that has
 * the taints of the one it is on, or else takes every pod. Preemption is left out: it changes who stays Pending, hardly how many.
 */
export function predict(pods: readonly HeldPod[], nodes: readonly Room[], quotas: readonly CpuQuota[]): WayOut {
  const isScaled = ({ originalMilli, requestMilli }: HeldPod): boolean => originalMilli > requestMilli;
  const scaled = pods.filter(isScaled);
  const stay = pods.filter((pod) => !isScaled(pod));
  const quotaLeft = leftInQuotas(stay, quotas);
  const pools = poolsOf(stay, nodes);
  const taintsOf = new Map(nodes.map(({ name, taints }) => [name, taints]));
  const places = ({ node, originalMilli }: HeldPod): boolean =>
    [taintsOf.get(node) ?? '', ''].some((taints) => pools.get(taints)?.take(originalMilli) === true);

  let refused = 0;
  let pending = 0;
  for (const pod of scaled.sort((a, b) => b.priority - a.priority || b.originalMilli - a.originalMilli)) {
    const left = quotaLeft.get(pod.namespace) ?? Number.POSITIVE_INFINITY;
    if (left < pod.originalMilli) {
      refused++;
      continue;
    }
    quotaLeft.set(pod.namespace, left - pod.originalMilli);
    if (!places(pod)) pending++;
  }
  const debtMilli = scaled.reduce((sum, { originalMilli, requestMilli }) => sum + originalMilli - requestMilli, 0);
  return { scaledPods: scaled.length, debtMilli, refused, pending };
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
