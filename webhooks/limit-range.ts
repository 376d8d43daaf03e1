import { z } from 'zod';
import type { Container, Pod } from '../src/model/pod.ts';
import { type ContainerCpu, limitRangePodLimit, limitRangePodRequest } from '../src/model/pod-request.ts';
import { ceilDiv, nanoToMilli, parseQuantity } from '../src/model/quantity.ts';

/**
 * What a LimitRange demands of CPU requests from below. The LimitRanger plugin validates after the
 * webhook, so a request scaled under one of these bounds would get the pod refused. Source:
 * `plugin/pkg/admission/limitranger`, whose verdicts are the vectors of the test.
 */

/** The bounds of one type (`Container` or `Pod`). */
interface Bounds {
  /** No request below this. Millicores. */
  readonly minMilli: bigint;
  /** The limit may be at most this many thousandths of the request; absent where there is no such rule. */
  readonly ratioMilli: bigint | undefined;
}

export interface LimitRangeCpu {
  readonly namespace: string;
  /** False where a part of it was not understood: then nothing is scaled in its namespace. */
  readonly understood: boolean;
  readonly container: readonly Bounds[];
  readonly pod: readonly Bounds[];
}

const metadata = z.object({ metadata: z.object({ namespace: z.string() }) });

const quantity = z.union([z.string(), z.number()]).transform((value, context) => {
  const nano = parseQuantity(String(value));
  if (nano !== null && nano >= 0n) return nanoToMilli(nano);
  context.addIssue({ code: 'custom', message: 'not a quantity' });
  return z.NEVER;
});
const cpu = z.object({ cpu: quantity.optional() }).nullish();
const spec = z.object({
  spec: z.object({
    limits: z.array(z.object({ type: z.string(), min: cpu, maxLimitRequestRatio: cpu })).nullish(),
  }),
});

/** Projection of a LimitRange. */
export function readLimitRange(object: unknown): LimitRangeCpu | null {
  const where = metadata.safeParse(object);
  if (!where.success) return null;
  const { namespace } = where.data.metadata;
  const result = spec.safeParse(object);
  if (!result.success) return { namespace, understood: false, container: [], pod: [] };
  const items = result.data.spec.limits ?? [];
  const boundsOf = (type: string): Bounds[] =>
    items
      .filter((item) => item.type === type)
      .map((item) => ({ minMilli: item.min?.cpu ?? 0n, ratioMilli: item.maxLimitRequestRatio?.cpu }));
  return { namespace, understood: true, container: boundsOf('Container'), pod: boundsOf('Pod') };
}

/** The least request, in millicores, that all LimitRanges allow a container with its limit. */
export function leastContainerRequest(ranges: readonly LimitRangeCpu[], container: Container): bigint {
  const limit = nanoToMilli(container.resources.limits.cpu?.nano ?? 0n);
  return least(ranges, (range) => range.container, limit);
}

/** Whether all LimitRanges of type `Pod` allow the pod with these container requests. */
export function allowsPod(ranges: readonly LimitRangeCpu[], pod: Pod, cpuOf?: ContainerCpu): boolean {
  const request = nanoToMilli(limitRangePodRequest(pod, cpuOf));
  return request >= least(ranges, (range) => range.pod, nanoToMilli(limitRangePodLimit(pod)));
}

function least(
  ranges: readonly LimitRangeCpu[],
  boundsOf: (range: LimitRangeCpu) => readonly Bounds[],
  limit: bigint,
): bigint {
  let bound = 0n;
  for (const range of ranges) {
    for (const { minMilli, ratioMilli } of boundsOf(range)) {
      if (minMilli > bound) bound = minMilli;
      const byRatio = ratioMilli === undefined ? 0n : leastForRatio(limit, ratioMilli);
      if (byRatio > bound) bound = byRatio;
    }
  }
  return bound;
}

/**
 * The least request for which limit / request stays within the ratio. Kubernetes compares floating
 * point numbers, so the exact quotient may fail by a hair: then one millicore more is right.
 */
function leastForRatio(limit: bigint, ratioMilli: bigint): bigint {
  if (ratioMilli === 0n) return limit;
  const exact = ceilDiv(limit * 1000n, ratioMilli);
  const holds = exact === 0n || (Number(limit) / Number(exact)) * 1000 <= Number(ratioMilli);
  return holds ? exact : exact + 1n;
}
