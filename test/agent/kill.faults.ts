// The real agent, ended with SIGKILL in each phase of the scheduler and at random moments of its start: what it started goes
// with it, and the next one goes on. KILL_SEED sets another seed.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { DoubleFaults } from '../double/faults.ts';
import { PODS } from '../standin/api/resources.ts';
import { seeded } from '../standin/seeded.ts';
import { type AgentNode, agentNode } from '../support/agent-node.ts';
import { until } from '../support/embedded.ts';
import { inTime } from '../support/own-time.ts';

const SEED = Number(process.env['KILL_SEED'] ?? 1);
const STARTS = 3;

interface Way {
  readonly phase: string;
  /** What keeps an agent in the phase long enough to be met there. */
  readonly faults: DoubleFaults;
  /** How one that enforces gets there. */
  provoke?(node: AgentNode): unknown;
}

const killScheduler = ({ owner }: AgentNode) => process.kill(owner(), 'SIGKILL');

const WAYS: readonly Way[] = [
  { phase: 'enforcing', faults: {} },
  { phase: 'starting', faults: { neverAttaches: true }, provoke: killScheduler },
  { phase: 'attaching', faults: { socket: 'silent' }, provoke: killScheduler },
  { phase: 'waiting', faults: { diesAfterMs: 300 }, provoke: killScheduler },
  { phase: 'latched', faults: { panicsAtStart: true }, provoke: killScheduler },
  {
    phase: 'stopping',
    faults: { hangsOnSigterm: true },
    provoke: ({ cluster }) => cluster.api.remove(PODS, { namespace: 'shop', name: 'web' }),
  },
  {
    phase: 'updating',
    faults: { controlSilent: true },
    provoke: (node) => node.addPod('another', 'temper-high', [9]),
  },
];

/** Kills the agent; nothing of it may stay. */
async function kill({ agent, processes, stock }: AgentNode, when: string): Promise<void> {
  assert.ok(processes().length > 0, when);
  agent.child.kill('SIGKILL');
  await stock();
  await inTime(`nothing is left of the agent killed ${when}`, 3_000, () => processes().length === 0);
}

/** The next agent enforces, and no file lies about that nobody knows. */
async function goOn(node: AgentNode, when: string): Promise<void> {
  node.agent.fault({});
  await (await node.again()).ports;
  await node.enforces();
  assert.deepEqual(node.strayFiles(), [], when);
  assert.equal(node.processes().length, 2, `the agent and its scheduler, after one was killed ${when}`);
}

test(`SIGKILL in each phase, seed ${SEED}`, { timeout: 480_000 }, async (t) => {
  const random = seeded(SEED);
  const node = await agentNode(t, { binary: 'patched' });
  let pod = await node.addPod('web', 'temper-high');
  await node.enforces();
  for (const { phase, faults, provoke } of WAYS) {
    node.agent.fault(faults);
    await provoke?.(node);
    await until(`phase ${phase}`, async () => (await node.told()).scheduler?.phase === phase);
    await pause(random() * 200);
    await kill(node, `while ${phase}`);
    if (phase === 'stopping') {
      pod.removeCgroup();
      pod = await node.addPod('web', 'temper-high');
    }
    await goOn(node, `while ${phase}`);
  }
});

test(`SIGKILL at random moments of the start, seed ${SEED}`, { timeout: 480_000 }, async (t) => {
  const random = seeded(SEED);
  const node = await agentNode(t);
  await node.addPod('web', 'temper-high');
  await node.enforces();
  await kill(node, 'to begin with');
  for (let start = 1; start <= STARTS; start += 1) {
    const next = await node.again();
    // Whatever it has reached by then; a failed start of the promise is not the test's.
    next.ports.catch(() => {});
    await pause(random() * 2_500);
    await kill(node, `at start ${start}`);
  }
  await goOn(node, 'at its start');
  assert.ok(existsSync(join(node.host.paths.run, 'last-known-good.json')));
});
