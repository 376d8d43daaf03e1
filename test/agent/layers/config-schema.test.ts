// What scx_layered drops, clamps, panics on or gets wrong must not pass.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readConfig } from '../../../agent/layers/config-schema.ts';
import { configOf, inputOf, machineOf, podOf } from './builders.ts';

const machine = machineOf(16, 2);
type Fields = Record<string, unknown>;

const common = { weight: 100, slice_us: 5000, fifo: true, exclusive: false };
const yielding = { preempt: false, disallow_open_after_us: 10 ** 12, disallow_preempt_after_us: 10 ** 12 };
const owned = { util_range: [0.2, 0.5], cpus_range: [2, 4], protected: false };
const grouped: Fields = { ...common, ...yielding, ...owned };
const block = [{ CgroupPrefix: 'kubepods.slice/' }];

const first = (fields: Fields): Fields => ({ name: 'one', matches: [block], kind: { Grouped: grouped }, ...fields });
const last = { name: 'rest', matches: [[]], kind: { Grouped: grouped } };
const withKind = (kind: string, fields: Fields, without: string[] = []): Fields => {
  const body = { ...grouped, ...fields };
  return first({
    kind: { [kind]: Object.fromEntries(Object.entries(body).filter(([key]) => !without.includes(key))) },
  });
};
const withMatches = (matches: unknown): Fields => first({ matches });
const withPrefix = (path: unknown): Fields => withMatches([[{ CgroupPrefix: path }]]);
const ok = (layers: unknown, on = machine): boolean => readConfig(layers, on).ok;

test('the frame of the cases below is valid', () => {
  assert.deepEqual(readConfig([first({}), last], machine), { ok: true, layers: [first({}), last] });
  assert.ok(ok([withKind('Confined', {}), last]));
  assert.ok(ok([withKind('Open', {}, ['util_range', 'cpus_range', 'protected']), last]));
  assert.ok(
    ok([withKind('Grouped', { preempt: true }, ['disallow_open_after_us', 'disallow_preempt_after_us']), last]),
  );
  assert.ok(ok([withPrefix('//'), last]));
  assert.ok(ok([withPrefix('a/b c.slice/'), last]));
  assert.ok(ok([last]));
});

const refused: ReadonlyArray<readonly [string, Fields]> = [
  ['an unknown field of a layer', first({ weigth: 5 })],
  ['a comment', first({ comment: 'text' })],
  ['a template', first({ template: { CgroupRegex: 'x' } })],
  ['no name', { matches: [block], kind: { Grouped: grouped } }],
  ['a name of 128 bytes', first({ name: 'a'.repeat(128) })],
  ['a name beyond ASCII', first({ name: 'schön' })],
  ['a name with a NUL', first({ name: 'a\0' })],
  ['the name of another layer', first({ name: 'rest' })],
  ['an unknown field of a kind', withKind('Grouped', { preempt_all: true })],
  ['an unknown kind', withKind('Closed', {})],
  ['two kinds', first({ kind: { Grouped: grouped, Confined: grouped } })],
  ['no kind', first({ kind: {} })],
  ['cpus_range upside down', withKind('Grouped', { cpus_range: [4, 2] })],
  ['cpus_range beyond the machine', withKind('Grouped', { cpus_range: [2, 18] })],
  ['cpus_range in parts of a core', withKind('Grouped', { cpus_range: [1, 4] })],
  ['cpus_range with a fraction', withKind('Grouped', { cpus_range: [0, 2.5] })],
  ['cpus_range below 0', withKind('Grouped', { cpus_range: [-2, 2] })],
  ['no cpus_range', withKind('Grouped', {}, ['cpus_range'])],
  ['cpus_range null', withKind('Grouped', { cpus_range: null })],
  ['Confined without a CPU', withKind('Confined', { cpus_range: [0, 0] })],
  ['cpus_range_frac', withKind('Grouped', { cpus_range_frac: [0, 1] })],
  ['util_range upside down', withKind('Grouped', { util_range: [0.5, 0.2] })],
  ['util_range empty', withKind('Grouped', { util_range: [0.5, 0.5] })],
  ['util_range below 0', withKind('Grouped', { util_range: [-0.1, 0.5] })],
  ['util_range not a number', withKind('Grouped', { util_range: [Number.NaN, 0.5] })],
  ['no util_range', withKind('Grouped', {}, ['util_range'])],
  ['Open with util_range', withKind('Open', {})],
  ['perf', withKind('Grouped', { perf: 1024 })],
  ['idle_resume_us', withKind('Grouped', { idle_resume_us: 1 })],
  ['membw_gb', withKind('Grouped', { membw_gb: 1 })],
  ['nodes', withKind('Grouped', { nodes: [0] })],
  ['llcs', withKind('Grouped', { llcs: [0] })],
  ['growth_algo', withKind('Grouped', { growth_algo: 'Sticky' })],
  ['weight 0', withKind('Grouped', { weight: 0 })],
  ['weight 10001', withKind('Grouped', { weight: 10_001 })],
  ['weight with a fraction', withKind('Grouped', { weight: 1.5 })],
  ['no slice', withKind('Grouped', { slice_us: 0 })],
  ['a slice of an hour', withKind('Grouped', { slice_us: 3_600_000_000 })],
  ['vtime, which a nice task turns against the scheduler', withKind('Grouped', { fifo: false })],
  ['fifo left out', withKind('Grouped', {}, ['fifo'])],
  ['disallow_* beside preempt', withKind('Grouped', { preempt: true })],
  ['disallow_* left to its default', withKind('Grouped', {}, ['disallow_preempt_after_us'])],
  ['disallow_* short', withKind('Grouped', { disallow_open_after_us: 40_000 })],
  ['no matches', withMatches([])],
  ['an empty AND block', withMatches([[]])],
  ['an empty AND block among others', withMatches([block, []])],
  ['33 OR blocks', withMatches(Array.from({ length: 33 }, () => block))],
  ['27 conditions in a block', withMatches([Array.from({ length: 27 }, () => ({ IsKthread: true }))])],
  ['CgroupContains', withMatches([[{ CgroupContains: 'pod' }]])],
  ['CgroupRegex', withMatches([[{ CgroupRegex: 'pod.*' }]])],
  ['CgroupSuffix', withMatches([[{ CgroupSuffix: 'a/' }]])],
  ['CommPrefix, which any process can forge', withMatches([[{ CommPrefix: 'x' }]])],
  ['PcommPrefix of 16', withMatches([[{ PcommPrefix: 'x'.repeat(16) }]])],
  ['UsedGpuPid', withMatches([[{ UsedGpuPid: true }]])],
  ['HintEquals', withMatches([[{ HintEquals: 1 }]])],
  ['NumaNode', withMatches([[{ NumaNode: 0 }]])],
  ['IsKthread false, which means true', withMatches([[{ IsKthread: false }]])],
  ['two conditions in one object', withMatches([[{ CgroupPrefix: 'a/', IsKthread: true }]])],
  ['an empty prefix', withPrefix('')],
  ['a prefix with a slash in front', withPrefix('/kubepods.slice/')],
  ['a prefix without a slash behind', withPrefix('kubepods.slice')],
  ['a prefix with an empty name', withPrefix('a//b/')],
  ['a prefix with a NUL', withPrefix('a\0/')],
  ['a prefix beyond ASCII', withPrefix('ä/')],
  ['a prefix of 4096 bytes', withPrefix(`${'a'.repeat(4095)}/`)],
];

for (const [what, layer] of refused) {
  test(`refused: ${what}`, () => assert.equal(ok([layer, last]), false));
}

test('refused: a last layer that is not exactly [[]]', () => {
  for (const matches of [[], [[], []], [block], [block, []]]) assert.ok(!ok([first({}), { ...last, matches }]));
  assert.ok(!ok([]));
  for (const config of [null, {}, 'f:config.json', [null], [[]]]) assert.ok(!ok(config));
});

test('16 layers are refused, 15 pass', () => {
  const layers = (count: number) => [
    ...Array.from({ length: count - 1 }, (_, index) => first({ name: `l${index}` })),
    last,
  ];
  assert.ok(ok(layers(15)));
  assert.ok(!ok(layers(16)));
});

test('refused: machines that scx_layered was not compiled for', () => {
  assert.ok(ok([last], machineOf(512)));
  assert.ok(!ok([last], machineOf(513)));
  assert.ok(!ok([last], { ...machine, llcs: 65 }));
  assert.ok(!ok([last], { ...machine, nodes: 33 }));
});

test('no change of one value of a real config passes unseen: it is refused or is what was written', () => {
  const config = configOf(inputOf([podOf({ uid: '1', tier: 'critical' })], { machine }));
  const json = JSON.stringify(config.layers);
  fc.assert(
    fc.property(fc.nat(), fc.jsonValue({ maxDepth: 1 }), (where, value) => {
      const layers: unknown = JSON.parse(json);
      const slots = slotsOf(layers);
      const slot = slots[where % slots.length];
      if (slot !== undefined) Reflect.set(slot.parent, slot.key, value);
      const reading = readConfig(layers, machine);
      if (reading.ok) assert.deepEqual(reading.layers, layers);
    }),
    { numRuns: 500 },
  );
});

function slotsOf(value: unknown): { parent: object; key: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [{ parent: value, key }, ...slotsOf(child)]);
}
