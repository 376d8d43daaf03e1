import { checkSpec, type LayerSpec, Refusal } from './check-config.ts';
import type { Tasks } from './tasks.ts';

/** Of one request, so that none holds up the scheduler. */
const MAX_CHANGES = 4_096;
const MAX_NUMBER_CHANGES = 256;
const MAX_TIDS = 4_096;
const CAPACITY = 16_384;
/** The root's id. It never has an entry. */
const ROOT = 1n;
const MAX_ID = 2n ** 64n - 1n;

/** A request that changes nothing: errno 22 with this text. */
export class Invalid extends Error {}

export interface LiveWorld {
  readonly tasks: () => Tasks;
  /** Tells which cgroups there are now: a whole tree is looked through, so once for a request. */
  readonly look: () => (id: bigint) => boolean;
  /** @default 16384 */
  readonly capacity: () => number | undefined;
  /** Why it takes no change of numbers; undefined where it does. */
  readonly refusesNumbers: () => string | undefined;
  /** Whether it is one that cannot change numbers while it runs. */
  readonly withoutNumbers: () => boolean;
  /** Layer of a task. */
  readonly layerOf: (task: Tasks[number]) => number;
}

type Arguments = Readonly<Record<string, string>>;
type Words = Readonly<Record<string, unknown>>;
type Refused = Words & { readonly why: string };

/** What `patches/` adds to the socket: the members, which threads are where, and numbers of layers. */
export class Live {
  readonly members = new Map<bigint, number>();
  readonly #specs: LayerSpec[];
  readonly #world: LiveWorld;

  constructor(specs: readonly LayerSpec[], world: LiveWorld) {
    this.#specs = structuredClone([...specs]);
    this.#world = world;
  }

  /** @throws Invalid */
  answer(target: string, args: Arguments): unknown {
    this.#forgetGone();
    const allowed: readonly string[] = ARGUMENTS[target] ?? [];
    if (ARGUMENTS[target] === undefined || (target === 'layers' && this.#world.withoutNumbers()))
      throw new Invalid(`unknown stat target ${target}`);
    const unknown = Object.keys(args).find((name) => name !== 'target' && !allowed.includes(name));
    if (unknown !== undefined) throw new Invalid(`unknown argument "${unknown}" of "${target}"`);
    if (target === 'capabilities') return this.#capabilities();
    if (target === 'threads')
      return { threads: listOf(args['tids'], MAX_TIDS, 'tids').map((tid) => this.#thread(tid)) };
    const { changes } = args;
    if (target === 'members') return changes === undefined ? this.#list() : this.change(changes);
    return changes === undefined ? this.#numbers() : this.#changeNumbers(changes);
  }

  /** Applies in order what can be applied. */
  change(text: string): { readonly applied: number; readonly refused: readonly Refused[] } {
    const changes = listOf(text, MAX_CHANGES, 'changes');
    const exists = this.#world.look();
    const refused = changes.flatMap((one, change) => {
      const refusal = this.#changeOne(one, exists);
      return refusal === null ? [] : [{ change, ...refusal }];
    });
    return { applied: changes.length - refused.length, refused };
  }

  #changeOne(change: unknown, exists: (id: bigint) => boolean): Refused | null {
    const read = readChange(change);
    if (read === null) return { why: 'malformed' };
    const { cgroup, layer: name } = read;
    if (name === null) {
      this.members.delete(cgroup);
      return null;
    }
    const layer = this.#specs.findIndex((spec) => spec.name === name);
    if (layer === -1) return { why: 'unknown-layer' };
    const capacity = this.#world.capacity() ?? CAPACITY;
    const entries = this.members.size;
    if (!this.members.has(cgroup) && entries >= capacity) return { why: 'table-full', entries, capacity };
    if (!exists(cgroup)) return { why: 'no-cgroup' };
    this.members.set(cgroup, layer);
    return null;
  }

  #capabilities(): unknown {
    return {
      members: { version: 1, capacity: this.#world.capacity() ?? CAPACITY, max_changes: MAX_CHANGES },
      threads: { version: 1, max_tids: MAX_TIDS },
      ...(!this.#world.withoutNumbers() && { layers: { version: 1 }, standby: { version: 1 } }),
    };
  }

  #list(): unknown {
    const entries = [...this.members].sort(([a], [b]) => (a < b ? -1 : 1));
    const members = entries.map(([cgroup, layer]) => ({ cgroup: `${cgroup}`, layer: this.#specs[layer]?.name }));
    return { members, capacity: this.#world.capacity() ?? CAPACITY };
  }

  #thread(tid: unknown): unknown {
    if (!Number.isInteger(tid)) throw new Invalid('not a JSON array of tids');
    const task = this.#world.tasks().find(({ tids }) => tids?.includes(tid as number));
    if (task === undefined) return { tid, why: 'no-thread' };
    const by = task.ids.some((id) => this.members.has(id)) ? 'member' : 'rules';
    const layer = this.#specs[this.#world.layerOf(task)]?.name ?? null;
    return { tid, layer, by, current: true, changed_at_ns: '1' };
  }

  #numbers(): unknown {
    return { layers: this.#specs.map((spec) => ({ layer: spec.name, kind: kindOf(spec), ...numbersOf(spec) })) };
  }

  /** All or nothing: checked by what checks them at start. */
  #changeNumbers(text: string): unknown {
    const changes = listOf(text, MAX_NUMBER_CHANGES, 'changes');
    const next = structuredClone(this.#specs);
    const refused = changes.flatMap((words, change) => {
      const fault = this.#world.refusesNumbers();
      const refusal = fault === undefined ? applyNumbers(next, words) : { why: 'invalid', error: fault };
      return refusal === null ? [] : [{ change, ...refusal }];
    });
    if (refused.length > 0) return { applied: 0, refused };
    this.#specs.splice(0, this.#specs.length, ...next);
    return { applied: changes.length, refused: [] };
  }

  /** The kernel tells of each directory that is removed, and its entry goes with it. */
  #forgetGone(): void {
    const exists = this.#world.look();
    for (const id of this.members.keys()) if (!exists(id)) this.members.delete(id);
  }
}

const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  capabilities: [],
  members: ['changes'],
  threads: ['tids'],
  layers: ['changes'],
};

/** Numbers that the agent changes, out of those that can change live. */
const OF_ALL = ['weight', 'slice_us'];
const OF_OWNERS = [...OF_ALL, 'cpus_range', 'util_range'];
const DEFAULTS = { weight: 100, slice_us: 20_000 };
const BOUNDS = { weight: [1, 10_000], slice_us: [100, 1_000_000] } as const;

function kindOf({ kind }: LayerSpec): string {
  return Object.keys(kind)[0] ?? '';
}

function numbersOf({ kind }: LayerSpec): Words {
  const [given = {}] = Object.values(kind);
  const fields: Words = { ...DEFAULTS, ...given };
  return Object.fromEntries(OF_OWNERS.flatMap((field) => (fields[field] == null ? [] : [[field, fields[field]]])));
}

function applyNumbers(specs: LayerSpec[], change: unknown): Refused | null {
  if (typeof change !== 'object' || change === null) return { why: 'malformed', error: 'no change' };
  const { layer: name, ...numbers } = change as Words;
  const wrong = Object.entries(numbers).find(([field, value]) => !OF_OWNERS.includes(field) || !isNumber(field, value));
  if (typeof name !== 'string' || wrong !== undefined) return { why: 'malformed', error: `${wrong?.[0] ?? 'layer'}` };
  const at = specs.findIndex((spec) => spec.name === name);
  const spec = specs[at];
  if (spec === undefined) return { why: 'unknown-layer' };
  const kind = kindOf(spec);
  const field = kind === 'Open' ? Object.keys(numbers).find((one) => !OF_ALL.includes(one)) : undefined;
  if (field !== undefined) return { why: 'not-of-kind', field };
  const next = { ...spec, kind: { [kind]: { ...spec.kind[kind], ...numbers } } };
  specs[at] = next;
  const error = outOfBounds(next) ?? refusalOf(next, at === specs.length - 1);
  return error === null ? null : { why: 'invalid', error };
}

function isNumber(field: string, value: unknown): boolean {
  const isPair = field.endsWith('_range');
  const numbers = isPair ? value : [value];
  if (!Array.isArray(numbers) || numbers.length !== (isPair ? 2 : 1)) return false;
  return numbers.every(
    (one) => typeof one === 'number' && (field === 'util_range' || (Number.isInteger(one) && one >= 0)),
  );
}

function outOfBounds(spec: LayerSpec): string | null {
  const numbers = numbersOf(spec);
  const found = Object.entries(BOUNDS).find(([field, [least, most]]) => {
    const value = Number(numbers[field]);
    return value < least || value > most;
  });
  return found === undefined ? null : `${found[0]} ${numbers[found[0]]} is not within ${found[1].join(' and ')}`;
}

function refusalOf(spec: LayerSpec, isLast: boolean): string | null {
  try {
    checkSpec(spec, isLast);
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

/** Missing must not mean null, which deletes. */
function readChange(change: unknown): { cgroup: bigint; layer: string | null } | null {
  if (typeof change !== 'object' || change === null || Object.keys(change).sort().join() !== 'cgroup,layer')
    return null;
  const { cgroup, layer } = change as Words;
  if (typeof cgroup !== 'string' || !/^\d+$/.test(cgroup) || (typeof layer !== 'string' && layer !== null)) return null;
  const id = BigInt(cgroup);
  return id > ROOT && id <= MAX_ID ? { cgroup: id, layer } : null;
}

function listOf(text: string | undefined, max: number, what: string): readonly unknown[] {
  if (text === undefined) throw new Invalid(`"${what}" is missing`);
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    list = null;
  }
  if (!Array.isArray(list)) throw new Invalid(`not a JSON array of ${what}`);
  if (list.length > max) throw new Invalid(`more than ${max} ${what}`);
  return list;
}
