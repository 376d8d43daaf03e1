import type { SchedulerConfig } from '../scheduler.ts';
import { type Numbers, numbersOf } from './messages.ts';

/** One change of the table; a layer of null leaves the cgroup to the rules again. */
export interface MemberChange {
  readonly cgroup: string;
  readonly layer: string | null;
}

export type NumberChange = Numbers & { readonly layer: string };

const FIELDS = ['weight', 'slice_us', 'cpus_range', 'util_range'] as const;

/** Layer by cgroup, as the socket has it: names and decimal ids. In the order of the config. */
export function membersByName({ layers, members }: SchedulerConfig): ReadonlyMap<string, string> {
  const names = [...numbersOf(layers).keys()];
  return new Map([...(members ?? [])].map(([cgroup, layer]) => [String(cgroup), names[layer] ?? '']));
}

/** From one to the other. What goes comes first, so that there is room for what comes. */
export function memberChanges(
  from: ReadonlyMap<string, string>,
  to: ReadonlyMap<string, string>,
): readonly MemberChange[] {
  const gone = [...from.keys()].filter((cgroup) => !to.has(cgroup));
  const changed = [...to].filter(([cgroup, layer]) => from.get(cgroup) !== layer);
  return [...gone.map((cgroup) => ({ cgroup, layer: null })), ...changed.map(([cgroup, layer]) => ({ cgroup, layer }))];
}

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
