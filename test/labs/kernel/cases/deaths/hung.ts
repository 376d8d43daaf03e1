import assert from 'node:assert/strict';
import { DEFAULT_POLICY } from '../../../../../agent/scheduler/policy.ts';
import { childOf, type LabAgent } from '../../guest/agent.ts';
import { childless, stock } from '../../guest/checks.ts';
import { STOCK_MS } from '../../guest/times.ts';
import { kernelTruth } from '../../guest/truth.ts';
import type { Ctx } from '../../runner/case.ts';

/** Its process. */
export function schedulerOf(agent: LabAgent): number {
  const pid = childOf(agent.pid);
  if (pid === null) throw new Error('the agent has no child');
  return pid;
}

/** The scheduler does not hear SIGTERM: it is given the time that an urgent end has, then killed, and the node is on stock. */
export async function hung(ctx: Ctx, agent: LabAgent, wish: { what: string; ask: () => void }): Promise<void> {
  const { what, ask } = wish;
  assert.equal(kernelTruth().state, 'enabled');
  process.kill(schedulerOf(agent), 'SIGSTOP');
  const begun = performance.now();
  ask();
  const { urgent } = DEFAULT_POLICY.killMs;
  await stock(urgent + STOCK_MS);
  const ms = performance.now() - begun;
  ctx.figure(`${what} while the child hears no SIGTERM: to stock`, ms, 'ms');
  assert.ok(ms >= urgent, `stock after ${ms} ms: it was not waited for`);
  await childless(agent);
}
