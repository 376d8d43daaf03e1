import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nodesWithAgents } from '../../demo/agents/choose.ts';
import { followPods } from '../../demo/agents/kubelet.ts';
import { signsOf, untilQuiet, untilSigns } from '../../demo/agents/signs.ts';
import { AGENT_STATUS } from '../../src/model/keys.ts';
import { fixture, scanned } from '../agent/cgroups/trees.ts';
import { NODES, PODS } from '../standin/api/resources.ts';
import { addNode, bench } from '../standin-tests/helpers.ts';

test('the smallest nodes get the agents, in the order of the fleet, and never more than there are', () => {
  const nodes = [32, 8, 16, 8].map((cores, index) => ({ name: `n${index}`, cores }));
  const names = (count: number) => nodesWithAgents(nodes, count).map(({ name }) => name);
  assert.deepEqual(names(0), []);
  assert.deepEqual(names(3), ['n1', 'n3', 'n2']);
  assert.deepEqual(names(9), ['n1', 'n3', 'n2', 'n0']);
});

const CPU = { requests: { cpu: '1' } };
const EXACT = { cpu: '1', memory: '1Gi' };

test("the agent's own scan finds the cgroups of the pods of its node, and no others", async (t) => {
  const { api } = await bench();
  const made = fixture(t);
  for (const slice of ['burstable', 'besteffort']) {
    mkdirSync(join(made.mount, `kubepods.slice/kubepods-${slice}.slice`), { recursive: true });
  }
  await addNode(api, 'ours');
  await addNode(api, 'other');
  const uids = new Map<string, string>();
  const add = async (name: string, resources: object, more: object = {}, node = 'ours') => {
    const spec = { containers: [{ name: 'app', image: 'app:1', resources }], ...more };
    const { object } = await api.create(PODS, { namespace: 'shop', body: { metadata: { name }, spec } });
    uids.set(name, object.metadata.uid ?? '');
    api.bind('shop', name, { target: { name: node } });
  };
  await add('before', CPU);
  t.after(followPods(api.store, new Map([['ours', made.mount]])));
  const migrate = { name: 'migrate', image: 'app:1', resources: CPU };
  const proxy = { ...migrate, name: 'proxy', restartPolicy: 'Always' };
  await add('guaranteed', { requests: EXACT, limits: EXACT });
  await add('besteffort', {});
  await add('sidecar', CPU, { initContainers: [migrate, proxy] });
  await add('elsewhere', CPU, {}, 'other');

  const found = () => {
    const { pods } = scanned(made, uids.values());
    return [...uids]
      .map(([name, uid]) => [name, pods.get(uid)?.containers.size, pods.get(uid)?.path.split('/').length])
      .filter(([, containers]) => containers !== undefined);
  };
  assert.deepEqual(found(), [
    ['before', 1, 3],
    ['guaranteed', 1, 2],
    ['besteffort', 1, 3],
    ['sidecar', 2, 3],
  ]);
  for (const name of ['before', 'guaranteed', 'besteffort']) {
    api.remove(PODS, { namespace: 'shop', name, gracePeriodSeconds: 0 });
  }
  assert.deepEqual(found(), [['sidecar', 2, 3]]);
});

test("waiting for an agent's word ends with the write that brings it, or with the time", async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { api } = await bench();
  await addNode(api, 'node');
  const say = (status: string): void => {
    api.patch(NODES, { name: 'node', patch: { metadata: { annotations: { [AGENT_STATUS]: status } } } });
  };
  const word = (wanted: string) => untilSigns(api, 'node', ({ status }) => status === wanted, 1_000);
  const enforcing = word('enforcing');
  const never = word('degraded');
  say('starting');
  say('enforcing');
  assert.equal(await enforcing, true);
  assert.equal(await word('enforcing'), true, 'what is already so is not waited for');
  t.mock.timers.tick(1_000);
  assert.equal(await never, false);
  assert.deepEqual(signsOf(api, 'node'), { status: 'enforcing', hasLoad: false });

  let isQuiet = false;
  const quiet = untilQuiet(api, 'node', 1_000).then(() => {
    isQuiet = true;
  });
  t.mock.timers.tick(999);
  say('starting');
  t.mock.timers.tick(999);
  await null;
  assert.equal(isQuiet, false, 'a write begins the silence anew');
  t.mock.timers.tick(1);
  await quiet;
});
