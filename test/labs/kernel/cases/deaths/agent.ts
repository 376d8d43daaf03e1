import assert from 'node:assert/strict';
import { childOf, type LabAgent } from '../../guest/agent.ts';
import type { Ctx } from '../../runner/case.ts';
import { hung } from './hung.ts';
import { enforces, survives, underLoad } from './scene.ts';

/** Killed, alone and with its child; and told to end while its child hangs. */
export async function ofTheAgent(ctx: Ctx): Promise<void> {
  const scene = await underLoad(ctx);
  const { node } = scene;
  let agent = node.startAgent();
  await enforces(ctx, scene, agent);
  const next = (): LabAgent => {
    agent = node.startAgent();
    return agent;
  };
  await survives(ctx, scene, { what: 'SIGKILL of the agent', act: () => agent.signal('SIGKILL'), agent: next });
  const both = (): void => {
    const child = childOf(agent.pid);
    agent.signal('SIGKILL');
    if (child !== null) process.kill(child, 'SIGKILL');
  };
  await survives(ctx, scene, { what: 'SIGKILL of both', act: both, agent: next });
  await hung(ctx, agent, { what: 'SIGTERM of the agent', ask: () => agent.signal('SIGTERM') });
  assert.equal(await agent.ended, 0);
  assert.equal(node.api.annotation('agent-status'), 'observing: the agent has ended');
}
