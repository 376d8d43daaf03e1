// Two real agents on one host, as in an upgrade with `maxSurge: 1`: the new one starts beside the old one, and what kubelet does
// next depends on whether the new one is ready.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type AgentNode, agentNode } from '../support/agent-node.ts';
import type { AgentProcess, AgentProcessOptions } from '../support/agent-process.ts';
import { until } from '../support/embedded.ts';
import { inTime } from '../support/own-time.ts';

const LIMIT = { timeout: 240_000 };
const OPTIONS = { binary: 'patched', standsBy: true } as const satisfies Partial<AgentProcessOptions>;
/** From the old scheduler's end to the new one's attach: a load would take longer. */
const TAKE_OVER_MS = 900;

interface Upgrade extends AgentNode {
  readonly old: AgentProcess;
  readonly next: AgentProcess;
}

const readyz = async (agent: AgentProcess): Promise<{ status: number; reasons: Record<string, string> }> => {
  const { http } = await agent.ports;
  const answer = await fetch(`http://127.0.0.1:${http}/readyz`);
  const { reasons } = (await answer.json()) as { reasons: Record<string, string> };
  return { status: answer.status, reasons };
};

/** One address may ask twenty times a second. */
const isReady = async (agent: AgentProcess): Promise<boolean> => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return (await readyz(agent)).status === 200;
};
const seq = ({ host }: AgentNode): string =>
  readFileSync(join(host.paths.sys, 'kernel/sched_ext/enable_seq'), 'utf8').trim();
const says = ({ log }: AgentProcess, text: string): boolean => log.some((line) => line.includes(text));

/** An agent that enforces, and the next that has started beside it. */
async function upgrade(t: TestContext, prepare: (next: AgentProcess) => void = () => {}): Promise<Upgrade> {
  const node = await agentNode(t, OPTIONS);
  const old = node.agent;
  await node.addPod('web', 'temper-high');
  await node.enforces();
  await node.status('enforcing');
  const next = node.beside(OPTIONS);
  prepare(next);
  await next.ports;
  return Object.assign(node, { old, next });
}

test(
  'old to new: ready when it has loaded, attached when the old one ends, the Node written by one of them',
  LIMIT,
  async (t) => {
    const node = await upgrade(t);
    const { old, next } = node;
    const before = { seq: seq(node), owner: node.owner() };
    await until('the new one is ready', () => isReady(next));
    assert.deepEqual([seq(node), node.owner()], [before.seq, before.owner], 'the old one enforces all the while');
    const statuses = new Set<string>();
    const watch = setInterval(() => statuses.add(node.annotation('agent-status')), 5);
    t.after(() => clearInterval(watch));

    assert.equal(await old.end(), 0);
    await inTime(
      'the new one is attached',
      TAKE_OVER_MS,
      () => node.kernelState() === 'enabled' && seq(node) !== before.seq,
    );
    assert.equal(Number(seq(node)), Number(before.seq) + 1);
    node.becomes(next);
    await node.enforces();
    await node.status('enforcing');
    assert.equal((await node.told()).pods[0]?.layer, 'high');
    assert.ok(says(next, 'the node is ours'));
    assert.ok(![...statuses].some((text) => text.includes('ended')), [...statuses].join(', '));
    assert.ok(await isReady(next));
    assert.equal(await next.end(), 0);
    assert.equal(node.annotation('agent-status'), 'observing: the agent has ended');
  },
);

test('the old one killed: the new one attaches by itself', LIMIT, async (t) => {
  const node = await upgrade(t);
  await until('the new one is ready', () => isReady(node.next));
  const before = seq(node);
  node.old.child.kill('SIGKILL');
  await inTime('the new one is attached', TAKE_OVER_MS, () => node.kernelState() === 'enabled' && seq(node) !== before);
  node.becomes(node.next);
  await node.enforces();
});

test('a new version that cannot load is never ready and says why; killed, the old one goes on', LIMIT, async (t) => {
  const node = await upgrade(t, (next) => next.fault({ refuses: true }));
  const { next } = node;
  const before = seq(node);
  await until('it is tried again', () => next.log.filter((line) => line.includes('TMP3121')).length >= 2);
  const { status, reasons } = await readyz(next);
  assert.equal(status, 503);
  assert.match(reasons['upgrade'] ?? '', /its scheduler did not load \(config-refused\): upgrade: /);
  assert.equal(await isReady(node.old), true);
  next.child.kill('SIGKILL');
  await until('only the old one is left', () => node.processes().length === 2);
  assert.deepEqual([seq(node), node.kernelState()], [before, 'enabled']);
  await node.enforces();
  // The next version of it can load.
  const mended = node.beside(OPTIONS);
  await until('the next one is ready', () => mended.ports.then(() => isReady(mended)));
});

test(
  'the new one killed while it waits: its scheduler goes with it, and the old one ends as if it had never been',
  LIMIT,
  async (t) => {
    const node = await upgrade(t);
    await until('the new one is ready', () => isReady(node.next));
    const before = seq(node);
    node.next.child.kill('SIGKILL');
    await until('only the old one is left', () => node.processes().length === 2);
    assert.equal(await node.old.end(), 0);
    await node.stock();
    assert.equal(seq(node), before);
    assert.equal(node.annotation('agent-status'), 'observing: the agent has ended');
  },
);

test('safe mode while the new one waits: nothing attaches when the old one ends', LIMIT, async (t) => {
  const node = await upgrade(t);
  await until('the new one is ready', () => isReady(node.next));
  const before = seq(node);
  node.annotate('safe-mode-requested', 'true');
  await node.stock();
  await until('nothing waits', () => node.processes().length === 2);
  assert.ok(await isReady(node.next));
  assert.equal(await node.old.end(), 0);
  await node.status('safe-mode');
  await until('the new one has the node', () => says(node.next, 'the node is ours'));
  assert.deepEqual([seq(node), node.kernelState()], [before, 'disabled']);
  node.becomes(node.next);
  node.annotate('safe-mode-requested', null);
  await node.enforces();
});

test(
  'an old one that hangs: the new one waits, is ready, and has the node when kubelet kills the old one',
  LIMIT,
  async (t) => {
    const node = await upgrade(t);
    await until('the new one is ready', () => isReady(node.next));
    const before = seq(node);
    node.old.child.kill('SIGSTOP');
    const third = node.beside(OPTIONS);
    await until('a third one is ready, though the first says nothing', () => third.ports.then(() => isReady(third)));
    assert.equal(seq(node), before);
    node.old.child.kill('SIGKILL');
    await inTime(
      'the second is attached',
      TAKE_OVER_MS,
      () => node.kernelState() === 'enabled' && seq(node) !== before,
    );
    node.becomes(node.next);
    await node.enforces();
    assert.equal(says(third, 'the node is ours'), false);
  },
);

test('two that begin at once after a crash: one has the node, the other waits for it', LIMIT, async (t) => {
  const node = await agentNode(t, OPTIONS);
  await node.addPod('web', 'temper-high');
  await node.enforces();
  node.agent.child.kill('SIGKILL');
  await node.stock();
  const before = seq(node);
  const two = [node.beside(OPTIONS), node.beside(OPTIONS)];
  await Promise.all(two.map(({ ports }) => ports));
  const waits = (agent: AgentProcess) => says(agent, 'another agent has the node');
  assert.deepEqual(two.map(waits).sort(), [false, true]);
  await until('both are ready', async () => (await Promise.all(two.map(isReady))).every(Boolean));
  const [owner, heir] = waits(two[0] as AgentProcess) ? two.toReversed() : two;
  assert.ok(owner !== undefined && heir !== undefined);
  node.becomes(owner);
  await node.enforces();
  await until('the other has loaded', () => node.processes().length === 4);
  await until('it is ready', () => isReady(heir));
  assert.equal(Number(seq(node)), Number(before) + 1);
  owner.child.kill('SIGKILL');
  await inTime(
    'the other is attached',
    TAKE_OVER_MS,
    () => node.kernelState() === 'enabled' && seq(node) !== String(Number(before) + 1),
  );
  node.becomes(heir);
  await node.enforces();
});
