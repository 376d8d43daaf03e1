// What the statistics socket of a patched scx_layered answers beyond the stock one's, told by the real one in the guest
// (cases/calibration.ts) and by the double here (behaviour.faults.ts). Where they differ, the double is mended.
// It runs with the config of places.ts.

/** What the answers speak of. */
export interface Scene {
  /** Id of the cgroup lab.slice/one, and of one that was removed. */
  readonly cgroup: string;
  readonly gone: string;
  /** Of a thread in lab.slice/one. */
  readonly tid: number;
}

/** A request with a part of its answer: an object may have more fields, a list is as long. A pattern is of an error text. */
export interface LiveLine {
  readonly target: string;
  readonly args?: Readonly<Record<string, string>>;
  readonly expected: unknown;
  /** It becomes true within a moment: a thread that sleeps is matched when it wakes up. */
  readonly isSoon?: true;
}

const NOBODY = 2 ** 31 - 1;
const TOO_MANY = JSON.stringify(Array.from({ length: 4_097 }, () => ({})));

const listed = (target: string, list: unknown) => ({ changes: JSON.stringify(list), target });

/** Said in this order. */
export function liveTalk({ cgroup, gone, tid }: Scene): readonly LiveLine[] {
  const members = (...changes: readonly object[]) => listed('members', changes);
  const numbers = (...changes: readonly object[]) => listed('layers', changes);
  const line = ({ target, ...args }: { target: string; changes: string }, expected: unknown): LiveLine => ({
    target,
    args,
    expected,
  });
  return [
    {
      target: 'capabilities',
      expected: {
        members: { version: 1, capacity: 16_384, max_changes: 4_096 },
        threads: { version: 1, max_tids: 4_096 },
      },
    },
    { target: 'members', expected: { members: [], capacity: 16_384 } },
    line(
      members(
        { cgroup, layer: 'two' },
        { cgroup: gone, layer: 'two' },
        { cgroup, layer: 'nobody' },
        { cgroup: '1', layer: 'two' },
        { cgroup },
        { cgroup, layer: 'two', more: 1 },
        { cgroup: 5, layer: 'two' },
      ),
      {
        applied: 1,
        refused: [
          { change: 1, why: 'no-cgroup' },
          { change: 2, why: 'unknown-layer' },
          ...[3, 4, 5, 6].map((change) => ({ change, why: 'malformed' })),
        ],
      },
    ),
    { target: 'members', expected: { members: [{ cgroup, layer: 'two' }] } },
    {
      target: 'threads',
      args: { tids: JSON.stringify([tid, NOBODY]) },
      expected: {
        threads: [
          { tid, layer: 'two', by: 'member', current: true },
          { tid: NOBODY, why: 'no-thread' },
        ],
      },
      isSoon: true,
    },
    line(members({ cgroup, layer: null }, { cgroup: gone, layer: null }), { applied: 2, refused: [] }),
    {
      target: 'threads',
      args: { tids: JSON.stringify([tid]) },
      expected: { threads: [{ tid, layer: 'one', by: 'rules', current: true }] },
      isSoon: true,
    },
    { target: 'members', args: { changes: '{}' }, expected: /not a JSON array of changes/ },
    { target: 'members', args: { changes: TOO_MANY }, expected: /more than 4096 changes/ },
    { target: 'members', args: { tids: '[]' }, expected: /unknown argument "tids"/ },
    { target: 'threads', expected: /"tids" is missing/ },
    { target: 'threads', args: { tids: '["1"]' }, expected: /not a JSON array of tids/ },
    { target: 'layers', args: { changes: '{}' }, expected: /not a JSON array of changes/ },
    line(numbers({ layer: 'one', weight: 200, cpus_range: [1, 2] }, { layer: 'never', slice_us: 6_000 }), {
      applied: 2,
      refused: [],
    }),
    line(
      numbers(
        { layer: 'one', weight: 300 },
        { layer: 'two', cpus_range: [2, 1] },
        { layer: 'half', util_range: [0.8, 0.5] },
        { layer: 'rest', slice_us: 1 },
        { layer: 'nobody', weight: 1 },
        { layer: 'never', cpus_range: [0, 1] },
        { layer: 'one', color: 1 },
        { layer: 'one', weight: null },
      ),
      {
        applied: 0,
        refused: [
          { change: 1, why: 'invalid' },
          { change: 2, why: 'invalid' },
          { change: 3, why: 'invalid' },
          { change: 4, why: 'unknown-layer' },
          { change: 5, why: 'not-of-kind', field: 'cpus_range' },
          { change: 6, why: 'malformed' },
          { change: 7, why: 'malformed' },
        ],
      },
    ),
    {
      target: 'layers',
      expected: {
        layers: ['kernel', 'one', 'two', 'both', 'never', 'half', 'rest'].map((layer) =>
          layer === 'never'
            ? { layer, kind: 'Open', weight: 100, slice_us: 6_000 }
            : {
                layer,
                kind: 'Grouped',
                weight: layer === 'one' ? 200 : 100,
                slice_us: 5_000,
                cpus_range: layer === 'one' ? [1, 2] : [0, 2],
                util_range: [0.5, 0.8],
              },
        ),
      },
    },
  ];
}

/** How a line is said on the socket. */
export function liveRequest({ target, args }: LiveLine): string {
  return JSON.stringify({ req: 'stats', args: { target, ...args } });
}

/** What is wrong with the answer; null where nothing is. */
export function wrongInLive(line: LiveLine, answer: string): string | null {
  const { errno, args } = JSON.parse(answer);
  const { expected } = line;
  const isRight =
    expected instanceof RegExp
      ? errno === 22 && expected.test(String(args?.resp))
      : errno === 0 && isPart(expected, args.resp);
  return isRight ? null : `${liveRequest(line).slice(0, 200)}: ${answer.slice(0, 1_000)}`;
}

function isPart(expected: unknown, got: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return expected === got;
  if (typeof got !== 'object' || got === null || Array.isArray(expected) !== Array.isArray(got)) return false;
  if (Array.isArray(expected) && expected.length !== (got as unknown[]).length) return false;
  return Object.entries(expected).every(([key, value]) => isPart(value, (got as Record<string, unknown>)[key]));
}
