import { type Factor, scaleUp } from './factor.ts';
import { ORIGINAL_REQUESTS } from './keys.ts';
import { decodeOriginalRequests, type OriginalRequests } from './original-requests.ts';
import type { Container, Pod } from './pod.ts';
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
 * pod, each `scaled` is the request in the spec, `original` is within the limit, and `scaled` is at
 * least `original` times the minimum factor. Otherwise the request in the spec counts.
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
    const resources = byName.get(name)?.resources;
    const request = resources?.requests.cpu?.nano;
    const scaled = parseQuantity(claim.scaled) ?? -1n;
    const original = parseQuantity(claim.original) ?? -1n;
    const limit = resources?.limits.cpu?.nano;
    if (request === undefined) return `container ${name} has no CPU request`;
    if (scaled !== request) return `container ${name}: the request is no longer the scaled one`;
    if (limit !== undefined && original > limit) return `container ${name}: the original is above the limit`;
    if (scaled < scaleUp(original, minimumFactor)) return `container ${name}: scaled below the minimum factor`;
  }
  return null;
}

/** Millicores as a number: no node comes near 2^53 of them, so a hostile value is capped there. */
function toMilli(nano: bigint): number {
  return Math.min(Number(nanoToMilli(nano)), Number.MAX_SAFE_INTEGER);
}
