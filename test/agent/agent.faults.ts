// The real agent as a process against the embedded API server, on a host of files, with the double for scx_layered.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { type TestContext, test } from 'node:test';
import { decodeTierLoad } from '../../src/model/tier-load.ts';
import { PODS } from '../standin/api/resources.ts';
import { agentNode } from '../support/agent-node.ts';
import { until } from '../support/embedded.ts';
import { inTime } from '../support/own-time.ts';

const LIMIT = { timeout: 240_000 };
/** After a change of what the node is, its status says so. */
const TOLD_MS = 15_000;

/** An agent with the settings of a test. */
const start = (t: TestContext, flags: readonly string[] = []) => agentNode(t, { flags });

test('from nothing to protect over enforcing to safe mode and back, and a clean end', LIMIT, async (t) => {
  const node = await start(t);
  const { agent, annotation, annotate, addPod, status, enforces, stock, kernelState, cluster } = node;
  await status('observing: nothing to protect');
  assert.equal(kernelState(), 'disabled');

  const { removeCgroup } = await addPod('web', 'temper-high');
  await enforces();
  await status('enforcing');
  assert.equal(kernelState(), 'enabled');
  await until('the load is published', () => {
    const load = decodeTierLoad(annotation('tier-load'));
    return load.ok && load.value.protection === 'enforcing' && load.value.tiers.high.pods === 1;
  });
  // One config, or two where the agent knew the pod before its cgroup.
  const inForce = () => agent.log.filter((line) => line.includes('the layers are in force')).length;
  await until('the generation is published', () => annotation('config-generation') === String(inForce()));
  const generation = inForce();
  assert.ok(generation === 1 || generation === 2, agent.log.join('\n'));

  await annotate('safe-mode-requested', 'true');
  await stock();
  await inTime('safe mode is on the Node', TOLD_MS, () => annotation('agent-status').startsWith('safe-mode'));
  await annotate('safe-mode-requested', null);
  await enforces();
  await status('enforcing');
  assert.equal(annotation('config-generation'), String(generation), 'the same config again');

  cluster.api.remove(PODS, { namespace: 'shop', name: 'web' });
  removeCgroup();
  await status('observing: nothing to protect');
  await stock();

  await addPod('again', 'temper-high');
  await enforces();
  await status('enforcing');
  assert.equal(await agent.end(), 0);
  assert.equal(kernelState(), 'disabled');
  assert.equal(annotation('agent-status'), 'observing: the agent has ended');
  const load = decodeTierLoad(annotation('tier-load'));
  assert.equal(load.ok && load.value.protection, 'none');
});

test(
  'the scheduler killed, then the agent: back to enforcing, then stock, and a new agent goes on',
  LIMIT,
  async (t) => {
    const node = await start(t);
    await node.addPod('web', 'temper-critical');
    await node.enforces();
    const first = node.owner();
    process.kill(first, 'SIGKILL');
    await node.stock();
    await node.enforces();
    assert.notEqual(node.owner(), first, 'another scheduler runs');

    node.agent.child.kill('SIGKILL');
    await node.stock();
    const next = await node.again();
    await node.enforces();
    assert.equal(await next.end(), 0);
    assert.equal(node.kernelState(), 'disabled');
  },
);

test('tasks in a wrong layer are worse than no scheduler: the node goes to stock and says why', LIMIT, async (t) => {
  const { agent, addPod, status, stock } = await start(t);
  agent.fault({ wrongLayers: true });
  agent.host.write('proc/loadavg', '1.00 1.00 1.00 2/52 4711\n');
  await addPod(
    'web',
    'temper-high',
    Array.from({ length: 40 }, (_, pid) => pid + 1),
  );
  await status('starting: retry in');
  await stock();
});

test('a crowd of threads: stock before the kernel ejects, and back when it has gone', LIMIT, async (t) => {
  const { agent, addPod, status, enforces, stock } = await start(t, ['--scheduler-calm-ms=2000']);
  await addPod('web', 'temper-high');
  await enforces();
  agent.host.write('proc/loadavg', '9.00 1.00 1.00 1501/5000 4711\n');
  await status('degraded: too many threads want a CPU: 1501; with more than 1500 some would wait for over 3 s');
  await stock();
  agent.host.write('proc/loadavg', '9.00 1.00 1.00 750/5000 4711\n');
  await enforces();
});

test('a CPU goes and comes back: stock with the reason at once, nothing started meanwhile', LIMIT, async (t) => {
  const { agent, addPod, status, enforces, stock, owner } = await start(t);
  await addPod('web', 'temper-critical');
  await enforces();
  const first = owner();
  let counted = 0;
  const online = (list: string): void => {
    counted += 1;
    agent.host.write('sys/kernel/sched_ext/hotplug_seq', `${counted}\n`);
    agent.host.setOnline(list);
  };
  online('0-6');
  await status('unsupported: CPU 7 offline');
  await stock();
  assert.equal(owner(), first);
  online('0-7');
  await enforces();
  assert.notEqual(owner(), first);
});

test('/observe, /metrics and /readyz tell what is, without an API server too', LIMIT, async (t) => {
  const { agent, addPod, enforces, kernelState, closeCluster } = await start(t);
  await addPod('web', 'temper-high');
  await enforces();
  const { http } = await agent.ports;
  const get = async (path: string) => await fetch(`http://127.0.0.1:${http}${path}`);
  await closeCluster();
  const observed = (await (await get('/observe')).json()) as {
    machine: { cores: number };
    scheduler: { phase: string };
    pods: Array<{ name: string; layer: string }>;
  };
  assert.equal(observed.machine.cores, 8);
  assert.equal(observed.scheduler.phase, 'enforcing');
  assert.deepEqual(
    observed.pods.map(({ name, layer }) => [name, layer]),
    [['web', 'high']],
  );
  assert.match(await (await get('/metrics')).text(), /temper_agent_status\{status="enforcing"\} 1/);
  assert.equal((await get('/readyz')).status, 200);
  assert.equal(kernelState(), 'enabled', 'the last known pods stay in force');
});

test('temper-cli and the agent: status, explain, an override, safe mode on and off', LIMIT, async (t) => {
  const { agent, annotation, addPod, status, enforces, stock } = await start(t);
  const { uid } = await addPod('web', 'temper-normal');
  await status('observing: nothing to protect');
  const { grpc } = await agent.ports;
  // Not synchronously: the API server that the agent writes to is in this process.
  const cli = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const command = ['src/cli/main.ts', ...args, '--address', `127.0.0.1:${grpc}`];
      const child = execFile(process.execPath, command, (_error, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, stdout, stderr }),
      );
    });
  assert.match((await cli('explain', 'pod', 'shop/web')).stdout, /nothing to protect/);

  const set = await cli('qos', 'set', 'shop/web', 'high');
  assert.equal(set.code, 0, set.stderr);
  assert.deepEqual(JSON.parse(annotation('qos-overrides')), { [uid]: 'high' });
  await enforces();
  const shown = await cli('status', '-o', 'json');
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /"enforcing"/);
  assert.match((await cli('explain', 'pod', 'shop/web')).stdout, /layer high/);

  assert.equal((await cli('safe-mode', 'on')).code, 0);
  await stock();
  await status('safe-mode');
  assert.equal((await cli('safe-mode', 'off')).code, 0);
  await enforces();
  assert.equal((await cli('qos', 'clear', 'shop/web')).code, 0);
  await status('observing: nothing to protect');
  assert.equal(annotation('qos-overrides'), '');
});
