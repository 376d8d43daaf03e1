// The Events that a whole agent leaves about its Node.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EVENTS, NODES, PODS } from '../standin/api/resources.ts';
import { startAgentProcess } from '../support/agent-process.ts';
import { embedded, until } from '../support/embedded.ts';

const NODE = 'node-9';
const SAFE_MODE = 'temper.codes/safe-mode-requested';

test('ejection, demotion, safe mode and refusal leave one Event each, however often', {
  timeout: 480_000,
}, async (t) => {
  const cluster = await embedded();
  await cluster.addNamespace('temper');
  await cluster.addNode({ name: NODE, cores: 8, agent: false });
  const agent = startAgentProcess({ kubeconfig: cluster.kubeconfig, node: NODE });
  t.after(async () => {
    await agent.dispose();
    await cluster.close();
  });
  await agent.ports;
  const annotation = (key: string): string => cluster.api.get(NODES, NODE).metadata.annotations?.[key] ?? '';
  const status = (text: string): Promise<void> =>
    until(`status ${text}`, () => annotation('temper.codes/agent-status').startsWith(text));
  const ask = (value: string | null) =>
    cluster.api.patch(NODES, { name: NODE, patch: { metadata: { annotations: { [SAFE_MODE]: value } } } });
  const reasons = (): string[] =>
    cluster.api
      .list(EVENTS, { namespace: 'default' })
      .items.map(({ reason }) => String(reason))
      .sort();
  const ejections = (): number => agent.log.filter((line) => /"class":"ejected"/.test(line)).length;

  // A third ejection would latch.
  agent.fault({ ejectedAfterMs: 300 });
  // A fence of eight CPUs would leave the others nothing.
  const spec = {
    nodeName: NODE,
    priorityClassName: 'temper-critical',
    containers: [{ name: 'app', image: 'app:1', resources: { requests: { cpu: '8' } } }],
  };
  const { object } = await cluster.api.create(PODS, { namespace: 'shop', body: { metadata: { name: 'big' }, spec } });
  agent.addCgroup(object.metadata.uid ?? '', 'burstable', [7, 8]);
  await until('two ejections', () => ejections() === 2);
  agent.fault({});
  await status('enforcing: critical demoted');

  for (const _ of ['once', 'and again']) {
    await ask('true');
    await status('safe-mode');
    await ask(null);
    await status('enforcing: critical demoted');
  }

  agent.host.write('sys/devices/system/cpu/isolated', '3\n');
  await status('unsupported');
  const wanted = ['CriticalDemoted', 'EnforcementRefused', 'SafeModeEntered', 'SafeModeLeft', 'SchedulerEjected'];
  await until('the Events', () => reasons().length >= wanted.length);
  assert.equal(await agent.end(), 0);
  assert.deepEqual(reasons(), wanted);
  const [first] = cluster.api.list(EVENTS, { namespace: 'default' }).items;
  assert.deepEqual(first?.['regarding'], {
    apiVersion: 'v1',
    kind: 'Node',
    name: NODE,
    uid: cluster.api.get(NODES, NODE).metadata.uid,
  });
});
