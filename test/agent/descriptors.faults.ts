// The real agent without descriptors to spare: nothing can be opened, or hardly anything. What it can still do it must, above
// all stand down; what it cannot it must say, and it must recover by itself.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type AgentNode, agentNode } from '../support/agent-node.ts';
import { leaveDescriptors, limitDescriptors, PLENTY, takeDescriptors } from '../support/descriptors.ts';
import { until } from '../support/embedded.ts';

const LIMIT = { timeout: 240_000 };
const isAlive = ({ agent }: AgentNode): boolean => agent.child.exitCode === null && agent.child.signalCode === null;

/** What it can neither read of the kernel nor find out it must not claim, nor start anything. */
async function untilNothingIsProven(node: AgentNode, word: RegExp): Promise<void> {
  const owner = node.owner();
  let last = '';
  const isTold = async (): Promise<boolean> => {
    const { status, reason = '' } = await node.told();
    last = `${status}: ${reason}`;
    return word.test(status) && /(^|; )not proven stock: sched_ext is "unknown"/.test(reason);
  };
  await until('it says that nothing is proven', isTold).catch((error: Error) => {
    throw new Error(`${error.message}; it says ${last}\n${node.agent.log.slice(-15).join('\n')}`);
  });
  assert.equal(node.kernelState(), 'disabled');
  assert.equal(node.owner(), owner, 'nothing was started');
}

test('none left: safe mode by file all the same, and enforcing again', LIMIT, async (t) => {
  const node = await agentNode(t);
  await node.addPod('web', 'temper-high');
  // The connection that it is asked on stands from here on: a new one could not be taken.
  await node.enforces();
  const file = join(node.host.paths.run, 'safe-mode');

  const giveBack = takeDescriptors(node);
  writeFileSync(file, '');
  await node.stock();
  await untilNothingIsProven(node, /^safe-mode$/);
  rmSync(file);
  // The second once it has asked the gate, which cannot read the node either.
  await untilNothingIsProven(node, /^(degraded|unsupported)$/);
  giveBack();
  await node.enforces();
  assert.ok(isAlive(node), node.agent.log.slice(-5).join('\n'));
});

test(
  'none left while it enforces: stock, since nothing is proven, which is told, and enforcing again',
  LIMIT,
  async (t) => {
    const node = await agentNode(t);
    await node.addPod('web', 'temper-high');
    await node.enforces();

    const giveBack = takeDescriptors(node);
    // Either ten seconds without a proof, or the gate, which is asked every ten seconds.
    await node.stock(15_000);
    await untilNothingIsProven(node, /^(degraded|unsupported)$/);
    // The first end of all: with what the scheduler had open another may have been tried since, in vain.
    const [end = '{}'] = node.agent.log.filter((line) => line.includes('"class":'));
    assert.match(JSON.parse(end).detail, /^not proven for 10 s|\(too many open files\)/);
    giveBack();
    await node.enforces();
    assert.ok(isAlive(node), node.agent.log.slice(-5).join('\n'));
  },
);

test('too few to start a process: it waits, says why, and starts one when it can', LIMIT, async (t) => {
  const node = await agentNode(t);
  await node.addPod('web', 'temper-high');
  await node.enforces();
  leaveDescriptors(node, 1);
  process.kill(node.owner(), 'SIGKILL');
  await node.stock();
  await until('it tells of a start that failed', async () => {
    assert.ok(isAlive(node), node.agent.log.slice(-5).join('\n'));
    const { status, scheduler } = await node.told();
    return status !== 'enforcing' && /EMFILE/.test(scheduler?.lastExit?.detail ?? '');
  });
  limitDescriptors(node, PLENTY);
  await node.enforces();
});
