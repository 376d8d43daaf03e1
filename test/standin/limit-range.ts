import { type Amount, formatAmount, roundUp } from './amount.ts';
import { type Holding, NotAQuantity, type PodHoldings, podTogether, readAmounts, readHoldings } from './pod-amounts.ts';

/**
 * What the LimitRanger admission plugin refuses, as a pure function: the oracle of the webhook's
 * property tests, so it shares nothing with `src/` but the quantity parser. It is held to the real
 * plugin's verdicts by test/fixtures/kubernetes/limitranges.jsonl.
 */

/** Resource name to quantity, as in the API. */
export type ResourceList = Readonly<Record<string, string | number>>;

export interface LimitRangeItem {
  /** `Container` and `Pod` are enforced here; other types do not concern pods. */
  readonly type: string;
  readonly min?: ResourceList;
  readonly max?: ResourceList;
  readonly default?: ResourceList;
  readonly defaultRequest?: ResourceList;
  readonly maxLimitRequestRatio?: ResourceList;
}

export interface LimitRangeSpec {
  readonly limits: readonly LimitRangeItem[];
}

/**
 * Every reason for which the LimitRanges refuse the pod, in the plugin's words; empty means admitted.
 * Never throws: a spec that holds something other than quantities is refused with that as the reason.
 *
 * @param podSpec `spec` of a pod as the API has it after defaulting.
 */
export function limitRangeProblems(ranges: readonly LimitRangeSpec[], podSpec: unknown): string[] {
  try {
    const pod = readHoldings(podSpec);
    return ranges.flatMap(({ limits }) => limits.flatMap((item) => itemProblems(item, pod)));
  } catch (error) {
    if (error instanceof NotAQuantity) return [error.message];
    throw error;
  }
}

function itemProblems(item: LimitRangeItem, pod: PodHoldings): string[] {
  if (item.type === 'Container') {
    return [...pod.containers, ...pod.initContainers].flatMap((container) => problems(item, container));
  }
  if (item.type !== 'Pod') return [];
  const whole = {
    requests: podTogether(pod, ({ requests }) => requests),
    limits: podTogether(pod, ({ limits }) => limits),
  };
  return problems(item, whole);
}

function problems(item: LimitRangeItem, holding: Holding): string[] {
  const found: Array<string | null> = [];
  for (const [name, bound] of readAmounts(item.min)) found.push(belowMin(item.type, name, bound, holding));
  for (const [name, bound] of readAmounts(item.max)) found.push(aboveMax(item.type, name, bound, holding));
  for (const [name, bound] of readAmounts(item.maxLimitRequestRatio)) {
    found.push(aboveRatio(item.type, name, bound, holding));
  }
  return found.filter((problem) => problem !== null);
}

function belowMin(type: string, name: string, min: Amount, { requests, limits }: Holding): string | null {
  const [request, limit] = [requests.get(name), limits.get(name)];
  const rule = `minimum ${name} usage per ${type} is ${formatAmount(min)}`;
  if (request === undefined) return `${rule}.  No request is specified`;
  if (isLess(request, min)) return `${rule}, but request is ${formatAmount(request)}`;
  if (limit !== undefined && isLess(limit, min)) return `${rule}, but limit is ${formatAmount(limit)}`;
  return null;
}

function aboveMax(type: string, name: string, max: Amount, { requests, limits }: Holding): string | null {
  const [request, limit] = [requests.get(name), limits.get(name)];
  const rule = `maximum ${name} usage per ${type} is ${formatAmount(max)}`;
  if (limit === undefined) return `${rule}.  No limit is specified`;
  if (isLess(max, limit)) return `${rule}, but limit is ${formatAmount(limit)}`;
  if (request !== undefined && isLess(max, request)) return `${rule}, but request is ${formatAmount(request)}`;
  return null;
}

function aboveRatio(type: string, name: string, max: Amount, { requests, limits }: Holding): string | null {
  const [request, limit] = [milli(requests.get(name)), milli(limits.get(name))];
  const rule = `${name} max limit to request ratio per ${type} is ${formatAmount(max)}`;
  if (request === 0n) return `${rule}, but no request is specified or request is 0`;
  if (limit === 0n) return `${rule}, but no limit is specified or limit is 0`;
  // In floating point, because the plugin rounds the same way on the boundary.
  const ratio = Number(limit) / Number(request);
  if (ratio * 1000 > Number(milli(max))) return `${rule}, but provided ratio is ${ratio.toFixed(6)}`;
  return null;
}

/** The plugin compares in thousandths, rounded up. */
function milli(amount: Amount | undefined): bigint {
  return amount === undefined ? 0n : roundUp(amount.nano, 1_000_000n);
}

function isLess(a: Amount, b: Amount): boolean {
  return milli(a) < milli(b);
}
