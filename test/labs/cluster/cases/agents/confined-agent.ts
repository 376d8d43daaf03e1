import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { AGENT_ANNOTATIONS } from '../../../../../src/model/agent-annotations.ts';
import { QOS_OVERRIDES, SAFE_MODE_REQUESTED } from '../../../../../src/model/keys.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { addNode } from '../../../../e2e/kit.ts';
import { type AgentProcess, type AgentProcessOptions, startAgentProcess } from '../../../../support/agent-process.ts';
import { until } from '../../../../support/embedded.ts';
import type { ApiObject } from '../../../../support/kube-client.ts';
import { type Identity, identityOn } from './identity.ts';
import { grantAgentRights } from './rights.ts';
import { EVENTS } from './writes/events.ts';

/** The real agent with the token of its pod; the double stands for scx_layered. */
export function startConfined(
  ctx: Ctx,
  { node, kubeconfig }: Identity,
  namespace: string,
  more: Partial<AgentProcessOptions> = {},
): AgentProcess {
  const agent = startAgentProcess({ ...more, kubeconfig, node, flags: [`--release-namespace=${namespace}`] });
  ctx.after(async () => {
    writeFileSync(ctx.artifact(`${node}.log`), agent.log.join('\n'));
    await agent.dispose();
  });
  return agent;
}

interface NodeEvent extends ApiObject {
  readonly reason: string;
  readonly regarding: { readonly kind: string; readonly name: string };
}

const works: Case = {
  name: 'agent-works-confined',
  what: 'with the token of its pod the real agent writes all that it has to say',
  async run(ctx) {
    const { client } = ctx.cluster;
    const node = 'works-confined';
    const path = `/api/v1/nodes/${node}`;
    await addNode(ctx, { name: node, cores: 8 });
    const release = await grantAgentRights(ctx, node);
    const agent = startConfined(ctx, await identityOn(ctx, release, node), node);
    await agent.ports;
    const has = async (key: string): Promise<boolean> =>
      (await client.get(path)).metadata.annotations?.[key] !== undefined;
    for (const key of AGENT_ANNOTATIONS.filter((one) => one !== QOS_OVERRIDES)) await until(key, () => has(key));

    await client.patch(path, { metadata: { annotations: { [SAFE_MODE_REQUESTED]: 'true' } } });
    let reasons: string[] = [];
    await until('an Event about safe mode', async () => {
      const events = await client.list<NodeEvent>(EVENTS);
      const own = events.filter(({ regarding }) => regarding.kind === 'Node' && regarding.name === node);
      reasons = own.map(({ reason }) => reason);
      return reasons.includes('SafeModeEntered');
    }).catch((error: Error) => assert.fail(`${error.message}; there are ${reasons}`));
    assert.deepEqual(
      agent.log.filter((line) => /TMP\d+/.test(line)),
      [],
      'nothing was refused',
    );
  },
};

export const CONFINED_AGENT_CASES: readonly Case[] = [works];
