// Which layer scx_layered 1.1.4 puts a thread into, by the conditions that the agent uses. Told by the real one in the
// guest (cases/calibration.ts) and by the double here (behaviour.faults.ts).

const NUMBERS = { util_range: [0.5, 0.8], cpus_range: [0, 2], weight: 100, slice_us: 5_000, fifo: true };
const KIND = { Grouped: { ...NUMBERS, protected: false, preempt: true, exclusive: false } };
const prefix = (path: string) => ({ CgroupPrefix: path });
const layer = (name: string, ...matches: ReadonlyArray<readonly object[]>) => ({ name, matches, kind: KIND });

export const PLACES_CONFIG = [
  layer('kernel', [{ IsKthread: true }]),
  layer('one', [prefix('lab.slice/one/')]),
  layer('two', [prefix('lab.slice/one/deep/')], [prefix('lab.slice/two/')]),
  layer('both', [prefix('lab.slice/'), prefix('lab.slice/both/')]),
  // Of another kind, so that a number can be one that it has not.
  { ...layer('never', [prefix('//')]), kind: { Open: { weight: 100, slice_us: 5_000, fifo: true, preempt: true } } },
  layer('half', [prefix('lab.slice/hal')]),
  layer('rest', []),
];

/** Where a user thread of a cgroup is; the path is from the root, which is empty. */
export const PLACES: readonly (readonly [cgroup: string, layer: string])[] = [
  ['lab.slice/one', 'one'],
  // The first layer that fits, not the one that fits best.
  ['lab.slice/one/deep', 'one'],
  ['lab.slice/one0', 'rest'],
  ['lab.slice/two/a/b', 'two'],
  ['lab.slice/both', 'both'],
  ['lab.slice/half', 'half'],
  ['lab.slice/other', 'rest'],
  ['lab.slice', 'rest'],
  ['', 'rest'],
];

/** @param layers of the threads seen in each cgroup */
export function wrongPlaces(layers: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return PLACES.flatMap(([cgroup, expected]) => {
    const got = [...(layers.get(cgroup) ?? [])].join(' and ');
    return got === expected ? [] : [`/${cgroup}: ${got === '' ? 'no layer' : got}, not ${expected}`];
  });
}
