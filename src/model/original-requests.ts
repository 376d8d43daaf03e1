import { z } from 'zod';
import { problemOf, readAnnotationJson } from './annotation-json.ts';
import { parseQuantity } from './quantity.ts';

/**
 * The codec of the pod annotation `temper.codes/original-requests`, version 1:
 * `{"v":1,"factor":0.5,"containers":{"app":{"original":"500m","scaled":"250m"}}}`.
 * Users can write it, so a reader believes nothing that it has not checked: see `originals.ts`.
 */

/** Larger values are not read and not written. 1,000 containers with long names fit. */
export const MAX_ORIGINAL_REQUESTS_BYTES = 131_072;

/** A container name is a DNS label; this also keeps `__proto__` out of every object we build. */
const CONTAINER_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

const quantity = z.string().refine((text) => (parseQuantity(text) ?? -1n) >= 0n);

const schema = z.object({
  v: z.literal(1),
  factor: z.number().gt(0).lte(1),
  containers: z.record(z.string().regex(CONTAINER_NAME), z.object({ original: quantity, scaled: quantity })),
});

/** One container's CPU request before and after scaling, as Kubernetes quantities. */
export interface ScaledRequest {
  readonly original: string;
  readonly scaled: string;
}

export interface OriginalRequests {
  /** The factor that was applied, in (0, 1]. */
  readonly factor: number;
  readonly containers: ReadonlyMap<string, ScaledRequest>;
}

export type OriginalRequestsReading =
  | { readonly ok: true; readonly value: OriginalRequests }
  | { readonly ok: false; readonly problem: 'too-large' | 'not-json' | 'unknown-version' | 'invalid' };

/** Reads the annotation's text. Never throws. */
export function decodeOriginalRequests(text: string): OriginalRequestsReading {
  const reading = readAnnotationJson(text, MAX_ORIGINAL_REQUESTS_BYTES);
  if (!reading.ok) return reading;
  const result = schema.safeParse(reading.json);
  if (!result.success) return { ok: false, problem: problemOf(reading.json) };
  const { factor, containers } = result.data;
  return { ok: true, value: { factor, containers: new Map(Object.entries(containers)) } };
}

export function encodeOriginalRequests({ factor, containers }: OriginalRequests): string {
  return JSON.stringify({ v: 1, factor, containers: Object.fromEntries(containers) });
}
