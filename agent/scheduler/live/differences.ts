import type { SchedulerConfig } from '../scheduler.ts';
import { type Numbers, numbersOf } from './messages.ts';

export type NumberChange = Numbers & { readonly layer: string };

const FIELDS = ['weight', 'slice_us', 'cpus_range', 'util_range'] as const;

/** Of the layers, by index. */
export function namesOf(layers: SchedulerConfig['layers']): readonly string[] {
  return [...numbersOf(layers).keys()];
}

/** Layer by cgroup, as the socket has it: names and decimal ids. In the order of the config. */
export function membersByName({ layers, members }: SchedulerConfig): ReadonlyMap<string, string> {
  const names = namesOf(layers);
  return new Map([...(members ?? [])].map(([cgroup, layer]) => [String(cgroup), names[layer] ?? '']));
}

/** From one to the other; a layer of null leaves the cgroup to the rules again. What goes comes first, so that there is room for what comes. */
export function memberChanges<Id, Layer>(
  before: ReadonlyMap<Id, Layer>,
  after: ReadonlyMap<Id, Layer>,
): ReadonlyArray<readonly [cgroup: Id, layer: Layer | null]> {
  const [from, to] = middles(before, after);
  const changes: Array<readonly [Id, Layer | null]> = [];
  for (const cgroup of from.keys()) if (!to.has(cgroup)) changes.push([cgroup, null]);
  for (const [cgroup, layer] of to) if (from.get(cgroup) !== layer) changes.push([cgroup, layer]);
  return changes;
}

/**
 * Both without what they begin and end with alike: of one pod of hundreds next to nothing is left. To compare lists costs a
 * tenth of looking each id up.
 */
function middles<Id, Layer>(a: ReadonlyMap<Id, Layer>, b: ReadonlyMap<Id, Layer>): [Map<Id, Layer>, Map<Id, Layer>] {
  const [ids, others] = [[...a.keys()], [...b.keys()]];
  const [layers, otherLayers] = [[...a.values()], [...b.values()]];
  const isAlike = (id: Id, at: number, by: number): boolean =>
    id === others[at + by] && layers[at] === otherLayers[at + by];
  const head = count(
    ids.findIndex((id, at) => !isAlike(id, at, 0)),
    ids.length,
  );
  const by = others.length - ids.length;
  const end = ids.findLastIndex((id, at) => !isAlike(id, at, by)) + 1;
  const part = (all: readonly Id[], values: readonly Layer[], last: number): Map<Id, Layer> =>
    new Map(all.slice(head, last).map((id, at) => [id, values[head + at] as Layer]));
  return [part(ids, layers, end), part(others, otherLayers, end + by)];
}

const count = (found: number, all: number): number => (found === -1 ? all : found);

/** Only what is different, of layers in the order of `to`. */
export function numberChanges(
  from: ReadonlyMap<string, Numbers>,
  to: ReadonlyMap<string, Numbers>,
): readonly NumberChange[] {
  return [...to].flatMap(([layer, numbers]) => {
    const before = from.get(layer) ?? {};
    const fields = FIELDS.filter((field) => numbers[field] != null && !isEqual(before[field], numbers[field]));
    return fields.length === 0
      ? []
      : [{ layer, ...Object.fromEntries(fields.map((field) => [field, numbers[field]])) }];
  });
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
