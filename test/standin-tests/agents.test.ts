import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorOf } from '../../src/model/factor.ts';
import { ORIGINAL_REQUESTS, TIER_LOAD } from '../../src/model/keys.ts';
import { decodeTierLoad, type TierLoad } from '../../src/model/tier-load.ts';
import { type AgentSettings, type Agents, createAgents } from '../standin/agents.ts';
import type { PodObject } from '../standin/api/objects.ts';
import { NODES, PODS } from '../standin/api/resources.ts';
import { addNamespace, addNode, addPod, addPriorityClass, type Bench, bench, podBody } from './helpers.ts';

const SETTINGS: AgentSettings = {
  cores: 8,
  threads: 2,
  reserveCores: 1,
  usage: 0.5,
  pressure: 0,
  protection: 'auto',
  clockSkewMs: 0,
  silent: false,
};

interface Watched extends Bench {
  readonly agents: Agents;
  load(): TierLoad;
  /** How often the annotation was written. */
  writes(): number;
  /** Puts a pod on the node. */
  run(
    name: string,
    cpu: string,
    spec?: object,
    annotations?: Record<string, string>,
    namespace?: string,
  ): Promise<void>;
}

async function watched(settings: Partial<AgentSettings> = {}): Promise<Watched> {
  const base = await bench();
  const { api, clock } = base;
  await addNode(api, 'node');
  for (const [name, value] of [
    ['temper-critical', 1_000_000],
    ['temper-high', 100_000],
    ['temper-low', -10],
  ] as const) {
    await addPriorityClass(api, name, value);
  }
  await addPriorityClass(api, 'system-node-critical', 2_000_001_000);
  let count = 0;
  api.store.subscribe(({ resource, type }) => {
    if (resource === NODES.plural && type === 'MODIFIED') count += 1;
  });
  const agents = createAgents({
    api,
    clock,
    random: () => 0,
    tierPolicy: {
      mode: 'value',
      thresholds: { critical: 1_000_000, high: 100_000, normal: 0, low: -100 },
      systemNamespaces: new Set(['kube-system']),
    },
    minimumFactor: factorOf(0.25),
  });
  agents.set('node', { ...SETTINGS, ...settings });
  return {
    ...base,
    agents,
    load() {
      const reading = decodeTierLoad(api.get(NODES, 'node').metadata.annotations?.[TIER_LOAD] ?? '');
      assert.ok(reading.ok);
      return reading.value;
    },
    writes: () => count,
    async run(name, cpu, spec = {}, annotations = {}, namespace = 'shop') {
      await addPod(
        api,
        podBody({ name, annotations }, { requests: { cpu } }, { ...spec, nodeName: 'node' }),
        namespace,
      );
    },
  };
}

const criticalPod = { priorityClassName: 'temper-critical' };

test('the first write comes at once and says what the machine is', async () => {
  const { load, clock, writes } = await watched({ pressure: 12 });
  const none = { pods: 0, requestMilli: 0 };
  assert.deepEqual(load(), {
    at: clock.now(),
    heartbeatMs: 300_000,
    cores: 8,
    threads: 2,
    reserveCores: 1,
    protection: 'ready',
    tiers: { critical: none, high: none, normal: none, low: none, background: none },
    system: none,
    pressureSome10: 10,
  });
  assert.equal(writes(), 1);
});

test('pods are counted by tier, system pods apart, by what they asked for originally', async () => {
  const { api, run, agents, load } = await watched();
  await addNamespace(api, 'kube-system');
  await run('critical', '2', criticalPod);
  const annotation = JSON.stringify({ v: 1, factor: 0.5, containers: { app: { original: '1', scaled: '500m' } } });
  await run('scaled', '500m', {}, { [ORIGINAL_REQUESTS]: annotation });
  const forged = JSON.stringify({ v: 1, factor: 0.1, containers: { app: { original: '10', scaled: '1' } } });
  await run('forged', '1', {}, { [ORIGINAL_REQUESTS]: forged });
  await run('low', '300m', { priorityClassName: 'temper-low' });
  await run('system', '100m', { priorityClassName: 'system-node-critical' }, {}, 'kube-system');
  agents.publishAll();
  const { tiers, system, protection } = load();
  const brief = Object.entries({ ...tiers, system }).map(([tier, { pods, requestMilli }]) => [
    tier,
    pods,
    requestMilli,
  ]);
  assert.deepEqual(brief, [
    ['critical', 1, 2_000],
    ['high', 0, 0],
    ['normal', 2, 2_000],
    ['low', 1, 300],
    ['background', 0, 0],
    ['system', 1, 100],
  ]);
  assert.equal(protection, 'enforcing');
  // Half of 2000 is 1000: steps of 5 % of 8 cores are 400, so 1200 (rounded from 2.5 steps).
  assert.deepEqual([tiers.critical.usedMilli, tiers.low.usedMilli], [1_200, 0]);
});

test('a change waits until 30 s after the last write, and several become one', async () => {
  const { clock, run, load, writes } = await watched();
  clock.advance(10_000);
  for (const name of ['a', 'b', 'c']) await run(name, '100m');
  assert.deepEqual([writes(), load().tiers.normal.pods], [1, 0]);
  assert.deepEqual(clock.pending, [20_000, 290_000], 'one wait, and the heartbeat');
  clock.advance(19_999);
  assert.equal(writes(), 1);
  clock.advance(1);
  assert.deepEqual([writes(), load().tiers.normal.pods], [2, 3]);
});

test('a change more than 30 s after the last write is written at once', async () => {
  const { clock, run, writes } = await watched();
  clock.advance(30_000);
  await run('a', '100m');
  assert.equal(writes(), 2);
});

test('a change that is undone in time writes nothing', async () => {
  const { api, clock, run, writes } = await watched();
  await run('a', '100m');
  api.remove(PODS, { namespace: 'shop', name: 'a', gracePeriodSeconds: 0 });
  clock.advance(60_000);
  assert.equal(writes(), 1);
});

test('the protection word is written at once', async () => {
  const { api, run, load, writes } = await watched();
  await run('a', '1', criticalPod);
  assert.deepEqual([writes(), load().protection], [2, 'enforcing']);
  api.remove(PODS, { namespace: 'shop', name: 'a', gracePeriodSeconds: 0 });
  assert.deepEqual([writes(), load().protection], [3, 'ready']);
});

test('a heartbeat at least every `hb`, also when nothing changes', async () => {
  const { clock, load, writes } = await watched();
  clock.advance(300_000);
  assert.equal(writes(), 2);
  assert.equal(load().at, clock.now());
  clock.advance(900_000);
  assert.equal(writes(), 5);
});

test('terminated and deleted pods leave', async () => {
  const { api, run, agents, load } = await watched();
  await run('a', '1');
  await run('b', '1');
  api.patch(PODS, { namespace: 'shop', name: 'a', patch: { status: { phase: 'Succeeded' } }, subresource: 'status' });
  api.remove(PODS, { namespace: 'shop', name: 'b' });
  agents.publishAll();
  assert.equal(load().tiers.normal.pods, 1, 'one that is being deleted is still there');
  api.remove(PODS, { namespace: 'shop', name: 'b', gracePeriodSeconds: 0 });
  agents.publishAll();
  assert.equal(load().tiers.normal.pods, 0);
});

test('protection can be given, the clock can be wrong', async () => {
  const { load, clock, run } = await watched({ protection: 'none', clockSkewMs: 90_000 });
  assert.deepEqual([load().protection, load().at], ['none', clock.now() + 90_000]);
  await run('a', '1', criticalPod);
  assert.equal(load().protection, 'none');
});

test('a silent agent writes nothing, and speaks at once when it is not silent any more', async () => {
  const { agents, clock, run, load, writes } = await watched();
  const { at } = load();
  agents.set('node', { ...SETTINGS, silent: true });
  await run('a', '1', criticalPod);
  agents.publishAll();
  clock.advance(900_000);
  assert.deepEqual([writes(), load().at], [1, at]);
  agents.set('node', SETTINGS);
  assert.deepEqual([writes(), load().tiers.critical.pods], [2, 1]);
});

test('an agent that starts late counts the pods that are there', async () => {
  const { api, agents, run, load } = await watched({ silent: true });
  await run('a', '1');
  agents.set('node', SETTINGS);
  assert.equal(load().tiers.normal.pods, 1);
  assert.throws(() => agents.set('gone', SETTINGS));
  assert.equal((api.get(PODS, 'a', 'shop') as PodObject).spec.nodeName, 'node');
});

test('when its node goes, or at the end, no timer is left', async () => {
  const { api, agents, clock, run } = await watched();
  await addNode(api, 'other');
  agents.set('other', SETTINGS);
  api.remove(NODES, { name: 'node' });
  await run('a', '1');
  assert.equal(clock.pending.length, 1);
  agents.close();
  assert.deepEqual(clock.pending, []);
});
