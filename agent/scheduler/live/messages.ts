import { z } from 'zod';
import { isObject } from '../reply.ts';

/** What the socket of the patched binary answers; `docs/reference/scheduler-socket.md` has the protocol. */

const VERSION = 1;
const MAX_ENTRIES = 65_536;
const MAX_WORDS = 200;

const COUNT = z
  .int()
  .min(0)
  .max(2 ** 32);
/** For people; whatever is longer is cut. */
const WORDS = z.string().transform((text) => text.slice(0, MAX_WORDS));

const CAPABILITIES = z.object({
  members: z.object({ version: z.literal(VERSION), max_changes: z.int().min(1) }).optional(),
  layers: z.object({ version: z.literal(VERSION) }).optional(),
});

const CGROUP = /^\d{1,20}$/;

const RANGE = z.tuple([z.number(), z.number()]);

/** What can change in a layer while it runs; which of them there are depends on its kind. */
const NUMBERS = z.object({
  weight: z.number().optional(),
  slice_us: z.number().optional(),
  cpus_range: RANGE.nullish(),
  util_range: RANGE.nullish(),
});
const LAYERS = z.object({ layers: z.array(NUMBERS.extend({ layer: z.string() })).max(64) });
const CONFIG = z.array(z.object({ name: z.string(), kind: z.record(z.string(), NUMBERS) }));

const OUTCOME = z.object({
  applied: COUNT,
  refused: z.array(
    z.object({
      change: COUNT,
      why: WORDS,
      entries: COUNT.optional(),
      capacity: COUNT.optional(),
      error: WORDS.optional(),
      field: WORDS.optional(),
    }),
  ),
});

const THREADS = z.object({
  threads: z.array(
    z.union([
      z.object({ tid: z.int(), layer: z.string().nullable(), current: z.boolean() }),
      z.object({ tid: z.int(), why: z.string() }),
    ]),
  ),
});

/** What a scheduler can be told while it runs. */
export interface Capabilities {
  /** How many changes a request may have; null where it takes no members. */
  readonly maxChanges: number | null;
  readonly takesNumbers: boolean;
}

export type Numbers = Readonly<z.infer<typeof NUMBERS>>;
export type Outcome = z.infer<typeof OUTCOME>;
export type Refusal = Outcome['refused'][number];

/** The layer of one thread; null where it was not matched yet. */
export interface ThreadLayer {
  readonly tid: number;
  readonly layer: string | null;
  /** Whether it was matched since the last change: else it may be on its way. */
  readonly isCurrent: boolean;
}

/** Another version of a protocol is another protocol: not spoken. */
export function readCapabilities(data: unknown): Capabilities {
  const { members, layers } = understand(CAPABILITIES, data);
  return { maxChanges: members?.max_changes ?? null, takesNumbers: layers !== undefined };
}

/** Layer by cgroup. By hand, since all pods are in it and it is asked for every few seconds. */
export function readMembers(data: unknown): ReadonlyMap<string, string> {
  const list = isObject(data) ? data['members'] : undefined;
  if (!Array.isArray(list) || list.length > MAX_ENTRIES) throw notUnderstood();
  const members = new Map<string, string>();
  for (const entry of list as unknown[]) {
    if (!isObject(entry)) throw notUnderstood();
    const { cgroup, layer } = entry;
    if (typeof cgroup !== 'string' || typeof layer !== 'string' || !CGROUP.test(cgroup)) throw notUnderstood();
    members.set(cgroup, layer);
  }
  return members;
}

/** Numbers by layer. */
export function readNumbers(data: unknown): ReadonlyMap<string, Numbers> {
  return new Map(understand(LAYERS, data).layers.map(({ layer, ...numbers }) => [layer, numbers]));
}

/** A config is asked for its numbers and names with each change of its members. */
const known = new WeakMap<readonly unknown[], ReadonlyMap<string, Numbers>>();

/** The same of a config. */
export function numbersOf(layers: readonly unknown[]): ReadonlyMap<string, Numbers> {
  const numbers =
    known.get(layers) ?? new Map(CONFIG.parse(layers).map(({ name, kind }) => [name, Object.values(kind)[0] ?? {}]));
  known.set(layers, numbers);
  return numbers;
}

/**
 * @param sent how many changes it answers: each was applied or refused
 * @param isWhole whether one that is refused refuses them all
 */
export function readOutcome(data: unknown, sent: number, isWhole: boolean): Outcome {
  const outcome = understand(OUTCOME, data);
  const { applied, refused } = outcome;
  const places = new Set(refused.map(({ change }) => change));
  const expected = isWhole && refused.length > 0 ? 0 : sent - refused.length;
  if (applied !== expected || places.size !== refused.length) throw notUnderstood();
  if (refused.some(({ change }) => change >= sent)) throw notUnderstood();
  return outcome;
}

/** Of those threads that are still there. */
export function readThreads(data: unknown): ThreadLayer[] {
  return understand(THREADS, data).threads.flatMap((thread) =>
    'why' in thread ? [] : [{ tid: thread.tid, layer: thread.layer, isCurrent: thread.current }],
  );
}

function understand<T>(schema: z.ZodType<T>, data: unknown): T {
  const { success, data: value } = schema.safeParse(data);
  if (!success) throw notUnderstood();
  return value;
}

function notUnderstood(): Error {
  return new Error('statistics socket: the answer is not understood');
}
