// The real agent without descriptors to spare: nothing can be opened, or hardly anything. What it can still do it must, above
// all stand down; what it cannot it must say, and it must recover by itself.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type AgentNode, agentNode } from '../support/agent-node.ts';
import { leaveDescriptors, limitDescriptors, PLENTY } from '../support/descriptors.ts';
import { until } from '../support/embedded.ts';

const LIMIT = { timeout: 120_000 };
const isAlive = ({ agent }: AgentNode): boolean => agent.child.exitCode === null && agent.child.signalCode === null;

test('none left: safe mode by file all the same, then stock that is told, and enforcing again', LIMIT, async (t) => {
  const node = await agentNode(t);
  await node.addPod('web', 'temper-high');
  await node.status('enforcing');
  // The connection stands: a new one could not be taken.
  await node.told();
  const file = join(node.host.paths.run, 'safe-mode');

  leaveDescriptors(node, 0);
  writeFileSync(file, '');
  await node.stock();
  await until('safe mode is told', async () => (await node.told()).status === 'safe-mode');
  limitDescriptors(node, PLENTY);
  rmSync(file);
  await node.status('enforcing', 30_000);

  leaveDescriptors(node, 0);
  await node.stock(15_000);
  // It cannot read what the kernel says, so it must not claim that the node is on stock either.
  const isTold = async () => /^not proven stock/.test((await node.told()).reason ?? '');
  await until('it says that nothing is proven', isTold, 10_000);
  assert.equal((await node.told()).status, 'degraded');
  limitDescriptors(node, PLENTY);
  await node.status('enforcing', 45_000);
  assert.ok(isAlive(node), node.agent.log.slice(-5).join('\n'));
});

test('too few to start a process: it waits, says why, and starts one when it can', LIMIT, async (t) => {
  const node = await agentNode(t);
  await node.addPod('web', 'temper-high');
  await node.status('enforcing');
  await node.told();
  leaveDescriptors(node, 1);
  process.kill(node.owner(), 'SIGKILL');
  await node.stock();
  await until('it tells of a start that failed', async () => {
    assert.ok(isAlive(node), node.agent.log.slice(-5).join('\n'));
    const { status, scheduler } = await node.told();
    return status !== 'enforcing' && /EMFILE/.test(scheduler?.lastExit?.detail ?? '');
  });
  limitDescriptors(node, PLENTY);
  await until('enforcing', async () => (await node.told()).status === 'enforcing', 30_000);
  assert.equal(node.kernelState(), 'enabled');
});
