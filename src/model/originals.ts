import { type Factor, scaleUp } from './factor.ts';
import { ORIGINAL_REQUESTS } from './keys.ts';
import { decodeOriginalRequests, type OriginalRequests, type ScaledRequest } from './original-requests.ts';
import type { Container, Pod, Resources } from './pod.ts';
import { podCpuRequest } from './pod-request.ts';
import { nanoToMilli, parseQuantity } from './quantity.ts';
import type { TierOrSystem } from './tier.ts';

/** The CPU a pod asked for before scaling, as far as its annotation can be believed. */
export interface OriginalRequest {
  /** The pod's effective request in original units, millicores. */
  readonly milli: number;
  /** The pod's effective request as its spec has it, millicores. */
  readonly scaledMilli: number;
  /** Why the annotation does not count; null where it counts or is absent. */
  readonly disbelieved: string | null;
}

/**
 * The pod's original CPU request. The annotation is written by the webhook but users can write it
 * too, so it counts only where it claims nothing that the webhook could not have done: no Critical
 * pod, each `scaled` is the request in the spec and not above `original`, `original` is within the limit,
 * and `scaled` is at least `original` times the minimum factor. Otherwise, and so after an in-place
 * resize, the request in the spec counts.
 */
export function originalRequest(pod: Pod, tier: TierOrSystem, minimumFactor: Factor): OriginalRequest {
  const scaledMilli = toMilli(podCpuRequest(pod));
  const text = pod.metadata.annotations[ORIGINAL_REQUESTS];
  if (text === undefined) return { milli: scaledMilli, scaledMilli, disbelieved: null };

  const reading = decodeOriginalRequests(text);
  const disbelieved = reading.ok ? doubt(pod, tier, reading.value, minimumFactor) : reading.problem;
  if (!reading.ok || disbelieved !== null) return { milli: scaledMilli, scaledMilli, disbelieved };

  const originals = new Map<string, bigint>();
  for (const [name, { original }] of reading.value.containers) originals.set(name, parseQuantity(original) ?? 0n);
  const milli = toMilli(
    podCpuRequest(pod, ({ name, resources }) => originals.get(name) ?? resources.requests.cpu?.nano ?? 0n),
  );
  return { milli, scaledMilli, disbelieved: null };
}

function doubt(pod: Pod, tier: TierOrSystem, value: OriginalRequests, minimumFactor: Factor): string | null {
  if (tier === 'critical') return 'a Critical pod is never scaled';
  const byName = new Map<string, Container>();
  for (const container of [...pod.spec.initContainers, ...pod.spec.containers]) byName.set(container.name, container);
  for (const [name, claim] of value.containers) {
    const problem = doubtOf(claim, byName.get(name)?.resources, minimumFactor);
    if (problem !== null) return `container ${name}${problem}`;
  }
  return null;
}

/** What is wrong with one container's claim, to be read after its name. */
function doubtOf(claim: ScaledRequest, resources: Resources | undefined, minimumFactor: Factor): string | null {
  const request = resources?.requests.cpu?.nano;
  const limit = resources?.limits.cpu?.nano;
  const scaled = parseQuantity(claim.scaled) ?? -1n;
  const original = parseQuantity(claim.original) ?? -1n;
  if (request === undefined) return ' has no CPU request';
  if (scaled !== request) return ': the request is no longer the scaled one';
  if (original < scaled) return ': the original is below the scaled request';
  if (limit !== undefined && original > limit) return ': the original is above the limit';
  if (scaled < scaleUp(original, minimumFactor)) return ': scaled below the minimum factor';
  return null;
}

/** Millicores as a number: no node comes near 2^53 of them, so a hostile value is capped there. */
function toMilli(nano: bigint): number {
  return Math.min(Number(nanoToMilli(nano)), Number.MAX_SAFE_INTEGER);
}
