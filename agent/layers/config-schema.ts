import { z } from 'zod';
import type { Machine } from '../machine/machine.ts';
import { earlierMatches, lastMatches } from './match-schema.ts';

/**
 * The strict form of what temper gives scx_layered, which ignores unknown fields, clamps some values
 * without a word, panics on others, and fails on some only after it has attached. Whatever does not pass
 * here is a fault of temper and ends in stock.
 */

/** 16 are documented; with 16 the scheduler aborts as soon as it runs. */
const MAX_LAYERS = 15;

/** What scx_layered is compiled for. */
const MAX_CPUS = 512;
const MAX_LLCS = 64;
const MAX_NODES = 32;

/** Never: in microseconds, and far beyond any run. */
export const NEVER_US = 1_000_000_000_000;

/** A second and more would let a layer hold a CPU so long that the kernel's watchdog comes near. */
const MAX_SLICE_US = 1_000_000;

/** Longer names panic from 128 bytes on; names are keys of the statistics. */
const name = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);

const cpus = z.int().min(0).max(MAX_CPUS);
const cpusRange = z.tuple([cpus, cpus]).refine(([min, max]) => min <= max, 'min is above max');
const utilRange = z
  .tuple([z.number().min(0).max(10), z.number().min(0).max(10)])
  .refine(([low, high]) => low < high, 'low is not below high');

const common = {
  /** Others are clamped without a word. */
  weight: z.int().min(1).max(10_000),
  slice_us: z.int().min(100).max(MAX_SLICE_US),
  /** By vtime a task of nice 19 waits so long that the kernel ejects the scheduler. */
  fifo: z.literal(true),
  exclusive: z.boolean(),
};

/** `disallow_*` on a layer that preempts is ignored with a warning; without it the others are safe from preemption for 80 ms. */
const preempting = { ...common, preempt: z.literal(true) };
const preemptible = {
  ...common,
  preempt: z.literal(false),
  disallow_open_after_us: z.literal(NEVER_US),
  disallow_preempt_after_us: z.literal(NEVER_US),
};

const owning = { util_range: utilRange, cpus_range: cpusRange, protected: z.boolean() };
const confinedRange = { cpus_range: cpusRange.refine(([, max]) => max >= 1, 'a Confined layer needs a CPU') };

const either = <A extends z.ZodRawShape>(fields: A) =>
  z.discriminatedUnion('preempt', [
    z.strictObject({ ...preempting, ...fields }),
    z.strictObject({ ...preemptible, ...fields }),
  ]);

const kind = z.union([
  z.strictObject({ Confined: either({ ...owning, ...confinedRange }) }),
  z.strictObject({ Grouped: either(owning) }),
  z.strictObject({ Open: either({}) }),
]);

const earlier = z.strictObject({ name, matches: earlierMatches, kind });
const last = z.strictObject({ name, matches: lastMatches, kind });

export type ConfigLayer = z.infer<typeof earlier> | z.infer<typeof last>;

export type ConfigReading =
  | { readonly ok: true; readonly layers: readonly ConfigLayer[] }
  | { readonly ok: false; readonly problem: string };

/** Reads the JSON array of layers for this machine. Never throws; the problem names where it is. */
export function readConfig(config: unknown, machine: Machine): ConfigReading {
  const tooLarge = machineProblem(machine);
  if (tooLarge !== null) return { ok: false, problem: tooLarge };
  if (!Array.isArray(config) || config.length === 0) return { ok: false, problem: 'not an array of layers' };
  if (config.length > MAX_LAYERS) return { ok: false, problem: `${config.length} layers, at most ${MAX_LAYERS}` };
  const read: ConfigLayer[] = [];
  for (const [index, one] of config.entries()) {
    const result = (index === config.length - 1 ? last : earlier).safeParse(one);
    if (!result.success) return { ok: false, problem: `layer ${index}: ${z.prettifyError(result.error)}` };
    read.push(result.data);
  }
  const problem = read.map((layer) => layerProblem(layer, machine)).find((found) => found !== null);
  if (problem !== undefined) return { ok: false, problem };
  const names = read.map((layer) => layer.name);
  const twice = names.find((one, index) => names.indexOf(one) !== index);
  return twice === undefined ? { ok: true, layers: read } : { ok: false, problem: `two layers are named ${twice}` };
}

function machineProblem({ cpus: { length }, llcs, nodes }: Machine): string | null {
  if (length > MAX_CPUS) return `${length} CPUs, at most ${MAX_CPUS}`;
  if (llcs > MAX_LLCS) return `${llcs} last-level caches, at most ${MAX_LLCS}`;
  return nodes > MAX_NODES ? `${nodes} NUMA nodes, at most ${MAX_NODES}` : null;
}

/** Ranges beyond the machine are taken as they are, and parts of a core are rounded up. */
function layerProblem(layer: ConfigLayer, machine: Machine): string | null {
  const { kind } = layer;
  if ('Open' in kind) return null;
  const [min, max] = ('Confined' in kind ? kind.Confined : kind.Grouped).cpus_range;
  const cpus = machine.cpus.length;
  const threads = Math.min(machine.threads, cpus);
  if (max > cpus) return `layer ${layer.name}: cpus_range up to ${max}, the machine has ${cpus}`;
  if (min % threads !== 0 || max % threads !== 0) {
    return `layer ${layer.name}: cpus_range ${min} to ${max} is not in whole cores of ${threads}`;
  }
  return null;
}
