import { type Factor, ONE, scaleUp, unscale } from '../src/model/factor.ts';
import type { OriginalRequests } from '../src/model/original-requests.ts';
import type { Container, Pod } from '../src/model/pod.ts';
import { formatMilli, NANO_PER_MILLI, nanoToMilli, parseQuantity } from '../src/model/quantity.ts';
import { allowsPod, type LimitRangeCpu, leastContainerRequest } from './limit-range.ts';

/**
 * The closed-form rule, in whole millicores. For a container that now asks for `current`, a factor f
 * and a recorded original (believed only as far as an honest request could have led here):
 *
 *     original = recorded ? min(recorded, floor(current / f), limit) : current
 *     scaled   = min(current, max(floor, LimitRange, ceil(original * f)))
 *
 * It never raises a request, applying it twice equals applying it once, and a forged record gives
 * exactly what asking for that original honestly would have given. docs/explanation/overcommit.md
 * derives it; the property tests hold it.
 */

export interface ScaleInput {
  readonly pod: Pod;
  readonly factor: Factor;
  readonly floorMilli: bigint;
  readonly ranges: readonly LimitRangeCpu[];
  /** What the pod's annotation records, if it can be read. */
  readonly recorded: OriginalRequests | null;
}

export interface ScaledContainer {
  readonly list: 'containers' | 'initContainers';
  readonly index: number;
  readonly name: string;
  readonly currentMilli: bigint;
  readonly scaledMilli: bigint;
  /** What the container asked for at first, as it was written. */
  readonly original: string;
  readonly originalMilli: bigint;
  /** What kept the request from going lower, besides the factor. */
  readonly bound: 'floor' | 'limit-range' | null;
}

export interface ScalePlan {
  /** The factor in effect: above the asked one where a LimitRange of type Pod asks for more. */
  readonly factor: Factor;
  /** Every container that the rule speaks about, also those that stay as they are. */
  readonly containers: readonly ScaledContainer[];
}

/** One container as the rule sees it, before a factor is applied. */
interface Subject
  extends Pick<ScaledContainer, 'list' | 'index' | 'name' | 'currentMilli' | 'original' | 'originalMilli'> {
  /** The least that LimitRanges allow. */
  readonly rangeMilli: bigint;
}

/** Quantities beyond this are no request that a node could ever grant; the pod is left alone. */
const MAX_MILLI = BigInt(Number.MAX_SAFE_INTEGER);

/** What the rule makes of a pod; null where no scaled form is allowed that was not there before. */
export function scalePod(input: ScaleInput): ScalePlan | null {
  const subjects = subjectsOf(input);
  const plan = (factor: Factor): ScalePlan => ({
    factor,
    containers: subjects.map((subject) => applyFactor(subject, factor, input.floorMilli)),
  });
  const asAsked = plan(input.factor);
  if (isAllowed(input, asAsked)) return asAsked;
  if (!isAllowed(input, plan(ONE))) return null;
  return plan(leastFactor(input.factor, (factor) => isAllowed(input, plan(factor))));
}

function subjectsOf({ pod, factor, floorMilli, ranges, recorded }: ScaleInput): Subject[] {
  const subjects: Subject[] = [];
  for (const list of ['initContainers', 'containers'] as const) {
    for (const [index, container] of pod.spec[list].entries()) {
      const request = container.resources.requests.cpu;
      if (request === undefined) continue;
      const currentMilli = nanoToMilli(request.nano);
      const rangeMilli = leastContainerRequest(ranges, container);
      const isWhole = currentMilli * NANO_PER_MILLI === request.nano;
      if (!isWhole || currentMilli < floorMilli || currentMilli > MAX_MILLI) continue;
      const { original, originalMilli } = originalOf(container, currentMilli, factor, recorded);
      subjects.push({ list, index, name: container.name, currentMilli, original, originalMilli, rangeMilli });
    }
  }
  return subjects;
}

function originalOf(
  container: Container,
  currentMilli: bigint,
  factor: Factor,
  recorded: OriginalRequests | null,
): Pick<Subject, 'original' | 'originalMilli'> {
  const asItIs = { original: container.resources.requests.cpu?.text ?? '0', originalMilli: currentMilli };
  const claim = recorded?.containers.get(container.name)?.original;
  const claimedMilli = claim === undefined ? 0n : nanoToMilli(parseQuantity(claim) ?? 0n);
  if (claim === undefined || claimedMilli <= currentMilli) return asItIs;

  const limit = container.resources.limits.cpu?.nano;
  const honest = unscale(currentMilli, factor);
  const most = limit !== undefined && nanoToMilli(limit) < honest ? nanoToMilli(limit) : honest;
  if (claimedMilli <= most) return { original: claim, originalMilli: claimedMilli };
  return most > currentMilli ? { original: formatMilli(most), originalMilli: most } : asItIs;
}

function applyFactor(subject: Subject, factor: Factor, floorMilli: bigint): ScaledContainer {
  const { list, index, name, currentMilli, original, originalMilli, rangeMilli } = subject;
  const wanted = scaleUp(originalMilli, factor);
  const least = rangeMilli > floorMilli ? rangeMilli : floorMilli;
  const bounded = wanted < least ? least : wanted;
  const scaledMilli = bounded < currentMilli ? bounded : currentMilli;
  const bound = wanted >= least ? null : least === rangeMilli ? 'limit-range' : 'floor';
  return { list, index, name, currentMilli, scaledMilli, original, originalMilli, bound };
}

function isAllowed({ pod, ranges }: ScaleInput, plan: ScalePlan): boolean {
  if (ranges.every((range) => range.pod.length === 0)) return true;
  const scaled = new Map(plan.containers.map(({ name, scaledMilli }) => [name, scaledMilli * NANO_PER_MILLI]));
  return allowsPod(ranges, pod, ({ name, resources }) => scaled.get(name) ?? resources.requests.cpu?.nano ?? 0n);
}

/** The least factor in (low, 1] that holds, to the millionth; it holds at 1, and above where it first holds. */
function leastFactor(low: Factor, holds: (factor: Factor) => boolean): Factor {
  let below = low;
  let above = ONE;
  while (above - below > 1n) {
    const middle = (below + above) / 2n;
    if (holds(middle)) above = middle;
    else below = middle;
  }
  return above;
}
