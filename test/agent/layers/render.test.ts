import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desire } from '../../../agent/layers/desire.ts';
import { LAYERS, type LayerName } from '../../../agent/layers/desired.ts';
import { layerIndex } from '../../../agent/layers/layer-specs.ts';
import { render } from '../../../agent/layers/render.ts';
import type { AgentPod } from '../../../agent/pods/agent-pod.ts';
import type { SchedulerConfig } from '../../../agent/scheduler/scheduler.ts';
import { configOf, inputOf, machineOf, podOf, treeOf } from './builders.ts';

interface Layer {
  readonly name: string;
  readonly matches: readonly (readonly Record<string, unknown>[])[];
  readonly kind: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const layersOf = (config: SchedulerConfig) => config.layers as readonly Layer[];
const matchesOf = (config: SchedulerConfig, name: LayerName) => layersOf(config)[layerIndex(name)]?.matches;
const prefixes = (...paths: string[]) => paths.map((path) => [{ CgroupPrefix: path }]);

const UID = '8a1b-2c3d';
const pods: AgentPod[] = [
  podOf({ uid: UID, tier: 'critical', qos: 'Guaranteed', requestMilli: 2000 }),
  podOf({ uid: '2', tier: 'background' }),
  podOf({ uid: '3', tier: 'background', qos: 'BestEffort' }),
  podOf({ uid: '4', tier: 'normal', qos: 'BestEffort' }),
  podOf({ uid: '5' }),
  podOf({ uid: '6', tier: 'system' }),
];

test('prefixes: each pod that needs one has a block, the broad ones are last of their layer', () => {
  const config = configOf(inputOf(pods, { matching: 'prefixes', self: '6' }));
  const burstable = 'kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod';
  const besteffort = 'kubepods.slice/kubepods-besteffort.slice/';
  assert.deepEqual(matchesOf(config, 'critical-fenced'), prefixes('kubepods.slice/kubepods-pod8a1b_2c3d.slice/'));
  assert.deepEqual(matchesOf(config, 'high'), prefixes('//'));
  assert.deepEqual(matchesOf(config, 'background'), prefixes(`${burstable}2.slice/`, besteffort));
  assert.deepEqual(matchesOf(config, 'normal-besteffort'), prefixes(`${besteffort}kubepods-besteffort-pod4.slice/`));
  assert.deepEqual(matchesOf(config, 'normal'), prefixes('kubepods.slice/'));
  assert.deepEqual(matchesOf(config, 'host'), [
    [{ IsKthread: true }],
    ...prefixes('init.scope/', 'system.slice/', `${burstable}6.slice/`),
  ]);
  assert.deepEqual(matchesOf(config, 'rest'), [[]]);
  assert.equal(config.members, null);
});

test('prefixes on a node that is a container: the slice that holds the pods is not the host’s', () => {
  const config = configOf(inputOf(pods, { matching: 'prefixes', tree: treeOf(pods, 'nested') }));
  assert.deepEqual(matchesOf(config, 'host'), [[{ IsKthread: true }], ...prefixes('init.scope/')]);
});

test('prefixes: a pod that the matches would put elsewhere means stock', () => {
  const input = inputOf(pods, { matching: 'prefixes' });
  const astray = { path: 'system.slice/containerd.service/pod5', id: 1005n, containers: new Map() };
  const tree = { ...input.tree, pods: new Map([...input.tree.pods, ['5', astray]]) };
  // Its own block comes too late: the host takes it first.
  const rendering = render(desire({ ...input, tree }).desired, { ...input, tree });
  assert.deepEqual(rendering, {
    ok: false,
    reason: 'TMP3101: layer config refused: the tasks of pod 5 would run in host, not in normal',
  });
});

test('membership: pods and their parents by id, matches that never change', () => {
  const input = inputOf(pods, { self: '6' });
  const config = configOf(input);
  const names = [...(config.members ?? [])].map(([id, index]) => [`${id}`, LAYERS[index]]);
  assert.deepEqual(Object.fromEntries(names), {
    10: 'normal',
    12: 'background',
    9123: 'critical-fenced',
    1002: 'background',
    1003: 'background',
    1004: 'normal',
    1005: 'normal',
    1006: 'host',
  });
  for (const { name, matches } of layersOf(config)) {
    if (name === 'rest') assert.deepEqual(matches, [[]]);
    else if (name === 'host')
      assert.deepEqual(matches, [[{ IsKthread: true }], ...prefixes('init.scope/', 'system.slice/')]);
    else assert.deepEqual(matches, prefixes('//'), name);
  }
});

test('membership: the entry of all pods’ parent stays, whatever a pod claims as its cgroup', () => {
  const claim = podOf({ uid: '7', tier: 'critical' });
  const tree = treeOf([claim]);
  assert.ok(tree.kubepods);
  const pods = new Map([['7', { ...tree.kubepods, containers: new Map() }]]);
  const config = configOf(inputOf([claim], { tree: { ...tree, pods } }));
  assert.equal(config.members?.get(tree.kubepods.id), layerIndex('normal'));
});

test('prefixes: a pod that claims the cgroup of all pods means stock', () => {
  const claim = podOf({ uid: '7', tier: 'critical' });
  const tree = treeOf([claim]);
  assert.ok(tree.kubepods);
  const claimed = new Map([['7', { ...tree.kubepods, containers: new Map() }]]);
  const input = inputOf([claim], { tree: { ...tree, pods: claimed }, matching: 'prefixes' });
  const rendering = render(desire(input).desired, input);
  assert.match(rendering.ok ? '' : rendering.reason, /unknown pods would run in critical-fenced, not in normal/);
});

test('a layer as scx_layered gets it', () => {
  const [fenced] = layersOf(configOf(inputOf(pods, { machine: machineOf(16, 2) })));
  assert.deepEqual(fenced?.kind, {
    Confined: {
      util_range: [0.4, 0.7],
      cpus_range: [2, 2],
      protected: true,
      weight: 10_000,
      slice_us: 3_000,
      fifo: true,
      preempt: true,
      exclusive: true,
    },
  });
  const low = layersOf(configOf(inputOf(pods)))[layerIndex('low')];
  assert.deepEqual(low?.kind, {
    Open: {
      weight: 1,
      slice_us: 3_000,
      fifo: true,
      preempt: false,
      exclusive: false,
      disallow_open_after_us: 1_000_000_000_000,
      disallow_preempt_after_us: 1_000_000_000_000,
    },
  });
});

test('a refusal of what is desired is a refusal of the config', () => {
  const input = inputOf(pods, { tree: { ...treeOf(pods), layout: null, problem: 'two roots' } });
  assert.deepEqual(render(desire(input).desired, input), { ok: false, reason: 'two roots' });
});

test('numbers that are not valid end in stock, never in a config', () => {
  const input = inputOf(pods);
  const { desired } = desire(input);
  const high = { ...desired.numbers.high, utilRange: [0.9, 0.9] as const };
  const rendering = render({ ...desired, numbers: { ...desired.numbers, high } }, input);
  assert.match(
    rendering.ok ? '' : rendering.reason,
    /^TMP3101: layer config refused: layer 2: .*low is not below high/s,
  );
});

test('a pod more changes members and numbers but no shape with membership; with prefixes all is shape', () => {
  const live = (list: readonly AgentPod[]) => configOf(inputOf(list));
  const stock = (list: readonly AgentPod[]) => configOf(inputOf(list, { matching: 'prefixes' }));
  const more = [...pods, podOf({ uid: '7', tier: 'high', requestMilli: 3000 })];
  assert.equal(live([...pods].reverse()).hash, live(pods).hash);
  assert.notEqual(live(more).hash, live(pods).hash);
  assert.equal(live(more).shape, live(pods).shape);
  assert.notEqual(stock(more).shape, stock(pods).shape);
  assert.notEqual(stock(pods).shape, live(pods).shape);
});

test('on the stock binary a Normal pod more is no restart', () => {
  const more = [...pods, podOf({ uid: '8', requestMilli: 3000 })];
  const [from, to] = [pods, more].map((list) => configOf(inputOf(list, { matching: 'prefixes' })));
  assert.ok(from && to);
  assert.equal(to.hash, from.hash);
});
