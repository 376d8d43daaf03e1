import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desire } from '../../../agent/layers/desire.ts';
import type { LayerName, Notice } from '../../../agent/layers/desired.ts';
import { NOTICE_ERRORS } from '../../../agent/layers/notices.ts';
import { DEFAULT_LAYER_SETTINGS, type LayerSettings } from '../../../agent/layers/settings.ts';
import type { AgentPod } from '../../../agent/pods/agent-pod.ts';
import { ERRORS } from '../../../src/model/errors.ts';
import { inputOf, machineOf, podOf, treeOf } from './builders.ts';

const limits = (value: LayerSettings['limits']) => ({ settings: { ...DEFAULT_LAYER_SETTINGS, limits: value } });
const layersOf = (pods: readonly AgentPod[], fields: Parameters<typeof inputOf>[1] = {}): LayerName[] =>
  desire(inputOf(pods, fields)).desired.placements.map(({ layer }) => layer);
const noticeIds = (pods: readonly AgentPod[], fields: Parameters<typeof inputOf>[1] = {}): Notice['id'][] =>
  desire(inputOf(pods, fields)).desired.notices.map(({ id }) => id);

test('each tier has its layer', () => {
  const tiers = ['critical', 'high', 'normal', 'low', 'background', 'system'] as const;
  const pods = tiers.map((tier, index) => podOf({ uid: `${index}`, tier }));
  assert.deepEqual(layersOf(pods), ['critical-fenced', 'high', 'normal', 'low', 'background', 'system-pods']);
});

test('a fence that does not fit demotes all of Critical, says so, and comes back after the hold time', () => {
  const [small, large] = [
    podOf({ uid: '1', tier: 'critical', requestMilli: 3000 }),
    podOf({ uid: '2', tier: 'critical', requestMilli: 4001 }),
  ];
  const demoted = desire(inputOf([small, large]));
  assert.deepEqual(
    demoted.desired.placements.map(({ layer }) => layer),
    ['critical', 'critical'],
  );
  assert.deepEqual(demoted.desired.numbers['critical-fenced'].cpusRange, [0, 1]);
  assert.match(demoted.desired.notices[0]?.message ?? '', /need 8 CPUs in whole cores, 7 can be fenced/);

  const held = desire(inputOf([small], { demotion: demoted.demotion, now: 1_000 }));
  assert.equal(held.desired.demoted, true);
  assert.equal(held.recheckAt, 61_000);
  assert.match(held.desired.notices[0]?.message ?? '', /fits again/);
  const fenced = desire(inputOf([small], { demotion: held.demotion, now: 61_000 }));
  assert.deepEqual(fenced.desired.numbers['critical-fenced'].cpusRange, [3, 3]);
  assert.deepEqual(fenced.desired.notices, []);
});

test('a Critical pod without a request gets a core, and on a machine of one core none can be fenced', () => {
  const pod = podOf({ uid: '1', tier: 'critical', requestMilli: 0 });
  assert.deepEqual(desire(inputOf([pod])).desired.numbers['critical-fenced'].cpusRange, [1, 1]);
  assert.deepEqual(layersOf([pod], { machine: machineOf(1) }), ['critical']);
  assert.deepEqual(layersOf([pod], { machine: machineOf(2, 2) }), ['critical']);
});

test('the agent runs with the host, whatever its tier, and counts nowhere', () => {
  const self = podOf({ uid: '7', tier: 'critical', requestMilli: 90_000, limitMilli: 100 });
  const { desired } = desire(inputOf([self], { self: '7', ...limits('refuse') }));
  assert.deepEqual(
    desired.placements.map(({ layer }) => layer),
    ['host'],
  );
  assert.deepEqual([desired.demoted, desired.hasProtected, desired.refusal], [false, false, null]);
});

test('hasProtected: a Critical or High pod, found or not', () => {
  const has = (tier: AgentPod['tier']) => desire(inputOf([podOf({ uid: '1', tier })])).desired.hasProtected;
  assert.deepEqual((['critical', 'high', 'normal', 'system'] as const).map(has), [true, true, false, false]);
  const unfound = inputOf([podOf({ uid: '1', tier: 'high' })], { tree: treeOf([]) });
  assert.equal(desire(unfound).desired.hasProtected, true);
  assert.equal(desire(unfound).desired.placements[0]?.cgroup, null);
});

test('a cgroup that bears the uid of a pod is that pod’s, whoever else claims it', () => {
  const victim = podOf({ uid: '1', tier: 'background' });
  const forger = podOf({ uid: '2', cgroupUid: '1', tier: 'critical' });
  const tree = treeOf([victim]);
  const paths = desire(inputOf([victim, forger], { tree })).desired.placements.map(
    ({ cgroup }) => cgroup?.path ?? null,
  );
  assert.deepEqual(paths, [tree.pods.get('1')?.path, null]);
  const alone = desire(inputOf([forger], { tree })).desired.placements.map(({ cgroup }) => cgroup);
  assert.deepEqual(alone, [null], 'nothing confirms that it is its own');
});

const limited = [
  podOf({ uid: '1', limitMilli: 500 }),
  podOf({ uid: '2', tier: 'background', limitMilli: 1000 }),
  podOf({ uid: '3', tier: 'high', limitMilli: 1000 }),
  podOf({ uid: '4', limitMilli: 8000 }),
  podOf({ uid: '5', limitMilli: null }),
];

test('limits: report names the pods, refuse keeps the node on stock, ceilings hold what is not protected', () => {
  const report = desire(inputOf(limited)).desired;
  assert.deepEqual(report.refusal, null);
  assert.match(report.notices[0]?.message ?? '', /3 pods with a CPU limit: shop\/pod-1, shop\/pod-2, shop\/pod-3$/);
  const refuse = desire(inputOf(limited, limits('refuse'))).desired;
  assert.match(refuse.refusal ?? '', /^limits: refuse, and 3 pods/);
  assert.deepEqual(
    refuse.notices.map(({ id }) => id),
    ['limits-refuse'],
  );
  const ceilings = desire(inputOf(limited, limits('ceilings'))).desired;
  assert.deepEqual(
    ceilings.placements.map(({ layer }) => layer),
    ['limited', 'limited-low', 'high', 'normal', 'normal'],
  );
  assert.match(ceilings.notices[0]?.message ?? '', /1 pod with a CPU limit: shop\/pod-3$/);
  assert.deepEqual(ceilings.numbers.limited.cpusRange, [1, 1]);
  assert.deepEqual(noticeIds([podOf({ uid: '4', limitMilli: 8000 })]), []);
});

test('a message names five pods and counts the others', () => {
  const many = Array.from({ length: 500 }, (_, index) => podOf({ uid: `${index}`, limitMilli: 100 }));
  assert.match(desire(inputOf(many)).desired.notices[0]?.message ?? '', /500 pods .* and 495 more$/);
});

const highPods = (count: number, tier: AgentPod['tier'] = 'high') =>
  Array.from({ length: count }, (_, index) => podOf({ uid: `${index + 100}`, tier }));

test('stock binary: 32 pods of a layer, the youngest are over; a protected one over it means stock', () => {
  const low = desire(inputOf(highPods(34, 'low'), { matching: 'prefixes' })).desired;
  assert.deepEqual(
    low.placements.map(({ layer }) => layer),
    [...Array(32).fill('low'), 'normal', 'normal'],
  );
  assert.equal(low.refusal, null);
  assert.match(low.notices[0]?.message ?? '', /^2 pods over the limit .*: shop\/pod-132, shop\/pod-133$/);
  assert.match(low.placements.at(-1)?.reason ?? '', /over the limit of 32 in the layer low, so in normal/);
  const high = desire(inputOf(highPods(33), { matching: 'prefixes' })).desired;
  assert.match(high.refusal ?? '', /^1 pod over the limit/);
  assert.equal(desire(inputOf(highPods(32), { matching: 'prefixes' })).desired.refusal, null);
  assert.equal(desire(inputOf(highPods(500))).desired.refusal, null);
});

test('stock binary: Normal pods need no block, BestEffort ones of Normal do, and over it they are Background', () => {
  const normal = Array.from({ length: 200 }, (_, index) => podOf({ uid: `${index}` }));
  assert.deepEqual(noticeIds(normal, { matching: 'prefixes' }), []);
  const besteffort = Array.from({ length: 33 }, (_, index) => podOf({ uid: `${index}`, qos: 'BestEffort' }));
  const layers = layersOf(besteffort, { matching: 'prefixes' });
  assert.equal(layers.filter((layer) => layer === 'normal-besteffort').length, 32);
  assert.equal(layers.filter((layer) => layer === 'background').length, 1);
  assert.deepEqual(new Set(layersOf(besteffort)), new Set(['normal']));
});

test('a tree that is not understood means stock, one that is partly understood is reported', () => {
  const tree = { ...treeOf([]), layout: null, kubepods: null, problem: 'colon-joined directories' };
  const none = desire(inputOf([], { tree })).desired;
  assert.equal(none.refusal, 'colon-joined directories');
  const partly = desire(inputOf([], { tree: { ...treeOf([]), problem: 'two left over' } })).desired;
  assert.deepEqual([partly.refusal, partly.notices[0]?.id], [null, 'cgroups-not-understood']);
});

test('each notice has an entry among the errors', () => {
  for (const id of Object.values(NOTICE_ERRORS)) assert.ok(ERRORS[id].remedy);
});
