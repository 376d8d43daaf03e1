import { z } from 'zod';
import { problemOf, readAnnotationJson } from './annotation-json.ts';
import { TIERS, type Tier } from './tier.ts';

/**
 * The codec of the node annotation `temper.codes/tier-load`, version 1: what the agent of a node
 * says of its load per tier and of its ability to protect. docs/reference/keys.md has an example.
 */

/** The agent keeps it under 1 KB; a reader does not parse what is far beyond that. */
export const MAX_TIER_LOAD_BYTES = 4096;

/** Far above any node: keeps sums of hostile values exact. */
const MAX_MILLI = 1_000_000_000;

const count = z.int().min(0).max(1_000_000);
const milli = z.int().min(0).max(MAX_MILLI);
const load = z.object({ pods: count.default(0), requestMilli: milli.default(0), usedMilli: milli.optional() });
const none = { pods: 0, requestMilli: 0 };

const schema = z.object({
  v: z.literal(1),
  at: z.iso.datetime({ offset: true }),
  hb: z.int().min(10).max(86_400).default(300),
  cores: z.int().min(1).max(8192),
  /** Hardware threads of a physical core; the agent leaves it out where it is 1. */
  threads: z.int().min(1).max(8).default(1),
  reserveCores: z.int().min(0).max(8192),
  protection: z.enum(['enforcing', 'ready', 'none']),
  tiers: z
    .object({
      critical: load.default(none),
      high: load.default(none),
      normal: load.default(none),
      low: load.default(none),
      background: load.default(none),
    })
    .default({ critical: none, high: none, normal: none, low: none, background: none }),
  system: load.default(none),
  pressureSome10: z.number().min(0).max(100).optional(),
});

/** What one tier holds on a node. CPU in millicores; requests are original ones. */
export interface TierTotals {
  readonly pods: number;
  readonly requestMilli: number;
  /** Absent where it was not measured. */
  readonly usedMilli?: number | undefined;
}

export interface TierLoad {
  /** When the agent measured, milliseconds since the epoch. */
  readonly at: number;
  /** The agent writes at least this often, milliseconds. */
  readonly heartbeatMs: number;
  /** CPUs as Kubernetes counts them: hardware threads. */
  readonly cores: number;
  /** Hardware threads of one physical core. */
  readonly threads: number;
  /** CPUs that are never fenced. */
  readonly reserveCores: number;
  readonly protection: 'enforcing' | 'ready' | 'none';
  readonly tiers: Readonly<Record<Tier, TierTotals>>;
  readonly system: TierTotals;
  /** PSI `cpu some avg10`, percent; absent where the kernel does not tell. */
  readonly pressureSome10?: number | undefined;
}

export type TierLoadReading =
  | { readonly ok: true; readonly value: TierLoad }
  | { readonly ok: false; readonly problem: 'too-large' | 'not-json' | 'unknown-version' | 'invalid' };

/** Reads the annotation's text. Never throws. */
export function decodeTierLoad(text: string): TierLoadReading {
  const reading = readAnnotationJson(text, MAX_TIER_LOAD_BYTES);
  if (!reading.ok) return reading;
  const result = schema.safeParse(reading.json);
  if (!result.success) return { ok: false, problem: problemOf(reading.json) };
  const { at, hb, v: _version, ...rest } = result.data;
  return { ok: true, value: { ...rest, at: Date.parse(at), heartbeatMs: hb * 1000 } };
}

/** Writes the annotation's text; what is not measured, empty tiers and defaults are left out to stay under 1 KB. */
export function encodeTierLoad(load: TierLoad): string {
  const tiers: Partial<Record<Tier, TierTotals>> = {};
  for (const tier of TIERS) if (load.tiers[tier].pods > 0) tiers[tier] = load.tiers[tier];
  const { pods, requestMilli } = load.system;
  return JSON.stringify({
    v: 1,
    at: new Date(load.at).toISOString(),
    hb: Math.round(load.heartbeatMs / 1000),
    cores: load.cores,
    ...(load.threads > 1 && { threads: load.threads }),
    reserveCores: load.reserveCores,
    protection: load.protection,
    tiers,
    system: { pods, requestMilli },
    pressureSome10: load.pressureSome10,
  });
}
