import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { GetStatusResponse__Output } from '../../agent/api/generated/temper/agent/v1/GetStatusResponse.ts';
import { ask } from '../agent/api/harness.ts';
import type { DoubleFaults } from '../double/faults.ts';
import { type AgentNode, openNode, type PodOnNode } from '../support/agent-node.ts';
import { until } from '../support/embedded.ts';

/** The stated times, for a start time-out of ten seconds, on a machine that may be busy with other things. */
export const TIMES = {
  startMs: 10_000,
  settleMs: 60_000,
  safeModeMs: 5_000,
  /** By annotation it counts from when the agent sees it: a watch that was cut comes back within so long. */
  watchMs: 45_000,
  endMs: 15_000,
  goneMs: 3_000,
  /** The publisher's longest back-off, and its pace once the budget is used up. */
  writtenMs: 100_000,
} as const;

export type Outcome = 'enforcing' | 'stock';

/** One node with the real agent, as the acts change it. */
export interface SoakWorld {
  readonly node: AgentNode;
  readonly pods: Map<string, PodOnNode>;
  readonly safeModeFile: string;
  /** Whether safe mode is asked for, by whatever source. */
  asked: boolean;
  online: string;
  /** Whether acts may end the agent itself. */
  mayRestart: boolean;
  restarts: number;
  fault(faults: DoubleFaults): void;
  untilStandsDown(source: string): Promise<void>;
  leaveSafeMode(): Promise<void>;
  /** Asks for a new start of the scheduler; refused where the node must stay on stock. */
  reload(): Promise<void>;
  restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Waits until the node is proven the one or the other, and its status says so. */
  settle(): Promise<{ readonly outcome: Outcome; readonly word: string; readonly ms: number }>;
}

export async function openWorld(): Promise<SoakWorld> {
  const flags = [`--scheduler-start-timeout-ms=${TIMES.startMs}`, '--scheduler-attaches-per-hour=3600'];
  const node = await openNode({ clockJumps: true, flags });
  await node.agent.ports;
  const safeModeFile = join(node.host.paths.run, 'safe-mode');
  const world: SoakWorld = {
    node,
    pods: new Map(),
    safeModeFile,
    asked: false,
    online: '0-7',
    mayRestart: true,
    restarts: 0,
    fault: (faults) => node.agent.fault(faults),
    async untilStandsDown(source) {
      const isSafe = async () => (await node.told()).status === 'safe-mode';
      if (source === 'annotation') await until('safe mode by annotation is seen', isSafe, TIMES.watchMs);
      await node.stock(TIMES.safeModeMs);
      await until(`safe mode by ${source} is told`, isSafe, TIMES.safeModeMs);
    },
    async leaveSafeMode() {
      rmSync(safeModeFile, { force: true });
      node.annotate('safe-mode-requested', null);
      await node.safeMode(false);
      world.asked = false;
    },
    async reload() {
      const api = await node.client();
      await ask((sent, done) => api.reloadScheduler(sent, { deadline: Date.now() + 5_000 }, done), {}).catch(() => {});
    },
    async restart(signal) {
      const { child } = node.agent;
      if (signal === 'SIGTERM') {
        const code = await Promise.race([node.agent.end(), late(TIMES.endMs)]);
        assert.equal(code, 0, 'it was asked to end');
      } else child.kill(signal);
      await node.stock(TIMES.goneMs);
      await until('nothing is left of the agent', () => node.processes().length === 0, TIMES.goneMs);
      world.restarts += 1;
      await (await node.again()).ports;
    },
    settle: () => settle(world),
  };
  return world;
}

async function settle(world: SoakWorld): ReturnType<SoakWorld['settle']> {
  const { node } = world;
  const begun = performance.now();
  let told: GetStatusResponse__Output | null = null;
  let before: Outcome | null = null;
  const isSettled = async (): Promise<boolean> => {
    told = await node.told();
    const now = outcomeOf(node, told);
    const isSame = now !== null && now === before;
    before = now;
    if (!isSame) await new Promise((resolve) => setTimeout(resolve, 100));
    return isSame;
  };
  await until('proven enforcing or proven stock', isSettled, TIMES.settleMs).catch((error: Error) => {
    throw new Error(`${error.message}; kernel ${node.kernelState()}, told ${JSON.stringify(told)}`);
  });
  const ms = performance.now() - begun;
  assert.ok(told !== null && before !== null);
  const { status: word } = told as GetStatusResponse__Output;
  if (world.asked) assert.equal(before, 'stock', `${word} while safe mode is asked for`);
  if (node.gate.mode === 'open') await written(node);
  return { outcome: before, word, ms };
}

/** What the node is proven to be; null while something is under way. */
function outcomeOf(node: AgentNode, { status, reason, scheduler }: GetStatusResponse__Output): Outcome | null {
  const state = node.kernelState();
  const phase = scheduler?.phase ?? '';
  if (phase === 'enforcing') {
    const isSaid = status === 'enforcing' || (status === 'degraded' && reason !== undefined);
    return state === 'enabled' && isSaid ? 'enforcing' : null;
  }
  const isStock = ['stock', 'waiting', 'latched'].includes(phase) && state === 'disabled';
  // The agent is one process; what it started must be gone.
  return isStock && status !== 'enforcing' && reason && node.processes().length === 1 ? 'stock' : null;
}

/** The Node says what the agent says. */
async function written(node: AgentNode): Promise<void> {
  const isSame = async () => {
    const { status } = await node.told();
    return node.annotation('agent-status').split(':')[0] === status;
  };
  await until('the status is on the Node', isSame, TIMES.writtenMs).catch(async (error: Error) => {
    throw new Error(`${error.message}; it is ${node.annotation('agent-status')}, not ${(await node.told()).status}`);
  });
}

function late(ms: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`not within ${ms} ms`)), ms).unref();
  });
}
