import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawFrom } from '../../demo/fleet/draw.ts';
import { makeNodes } from '../../demo/fleet/nodes.ts';
import { attach, demotion, recovery, safeMode } from '../../demo/scene/acts.ts';
import { tooManyFor } from '../../demo/scene/critical-pods.ts';
import { castOf } from '../../demo/scene/play.ts';
import { drain, placePinned, removePinned } from '../../demo/scene/pods.ts';
import { sceneReport } from '../../demo/scene/report.ts';
import type { Step } from '../../demo/scene/stage.ts';
import { fence } from '../../src/model/fence.ts';
import { nameOf, type PodObject } from '../standin/api/objects.ts';
import { PODS } from '../standin/api/resources.ts';
import { seeded } from '../standin/seeded.ts';
import { embedded } from '../support/embedded.ts';

test('the Critical pods lose their fence on every node of a fleet, and fit on it beside its daemons and the High pod', () => {
  for (const node of makeNodes(60, drawFrom(seeded(1)))) {
    const { cores, threads = 1, reserveCores = 1 } = node;
    const { count, milli } = tooManyFor(node);
    const machine = { cpus: cores, threads, reserve: reserveCores };
    assert.equal(fence(machine, count * milli).fits, false, node.name);
    assert.equal(fence(machine, (count - 1) * milli).fits, true, 'one less would fit');
    assert.ok(count * milli + 300 + 500 <= cores * 1000, node.name);
  }
});

test('every act is played, each begins on an attached node, and at most two nodes play', () => {
  assert.deepEqual(castOf(0), []);
  for (const nodes of [1, 2, 5]) {
    const cast = castOf(nodes);
    assert.equal(cast.length, Math.min(nodes, 2));
    assert.ok(cast.every((acts) => acts[0] === attach));
    assert.deepEqual(new Set(cast.flat()), new Set([attach, demotion, recovery, safeMode]));
  }
});

test('pinned pods come to their node by the scheduler, a drain leaves the daemons, and no room is an error', async (t) => {
  const cluster = await embedded();
  t.after(() => cluster.close());
  const { api } = cluster;
  const on = (node: string) =>
    ([...api.store.all(PODS.plural)] as PodObject[]).filter(({ spec }) => spec.nodeName === node).map(nameOf);
  const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'cni', uid: 'u', controller: true };
  const daemon = {
    metadata: { name: 'cni', ownerReferences: [owner] },
    spec: { containers: [{ name: 'a', image: 'a' }] },
  };
  await api.create(PODS, { namespace: 'shop', body: daemon });
  api.bind('shop', 'cni', { target: { name: 'node-2' } });
  const pods = { names: ['a', 'b'], priorityClassName: 'temper-critical', milli: 3000 };
  await placePinned(cluster, 'node-2', pods);
  assert.deepEqual(on('node-2').sort(), ['a', 'b', 'cni']);
  await assert.rejects(placePinned(cluster, 'node-2', { ...pods, names: ['c'] }), /c does not fit on node-2/);
  removePinned(cluster, ['b']);
  assert.deepEqual(on('node-2').sort(), ['a', 'cni']);
  drain(cluster, 'node-2');
  assert.deepEqual(on('node-2'), ['cni']);
});

const step = (more: Partial<Step>): Step => ({
  node: 'node-001',
  event: 'SIGKILL to the scheduler',
  outcome: 'on stock',
  seenIn: 'kernel state',
  ms: 21,
  status: 'enforcing',
  ...more,
});

test('the report of the scene names each node and event once, and says what was not seen', () => {
  assert.deepEqual(sceneReport({ steps: [], problem: null }), []);
  assert.match(sceneReport({ steps: [], problem: 'no word' }).join('\n'), /no word/);
  const demoted = 'enforcing: critical demoted: too many';
  const steps = [
    step({}),
    step({ outcome: 'enforcing again', seenIn: 'agent-status', ms: 2100 }),
    step({ node: 'node-002', ms: null, status: demoted }),
  ];
  const text = sceneReport({ steps, problem: 'node-002: not on stock within 60 s' }).join('\n');
  for (const line of [
    /^node-001 {2}SIGKILL to the scheduler {2}on stock +kernel state +21$/m,
    /^ {36}enforcing again {2}agent-status +2100$/m,
    /^node-002 {2}SIGKILL to the scheduler {2}on stock +kernel state {2}not seen$/m,
    /node-002 says while demoted: enforcing: critical demoted: too many/,
    /ended early: node-002: not on stock/,
  ]) {
    assert.match(text, line);
  }
});
