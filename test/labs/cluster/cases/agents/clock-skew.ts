import assert from 'node:assert/strict';
import { TIER_LOAD } from '../../../../../src/model/keys.ts';
import { explain } from '../../../../e2e/ask-service.ts';
import type { Case } from '../../../../e2e/case.ts';
import { addNode } from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';
import { startConfined } from './confined-agent.ts';
import { identityOn } from './identity.ts';
import { grantAgentRights } from './rights.ts';

const HOUR_MS = 3_600_000;

/** What the service says of a report from such a clock. */
const CLOCKS = {
  ahead: { offMs: HOUR_MS, says: /a clock is wrong/ },
  behind: { offMs: -HOUR_MS, says: /s old, more than/ },
} as const;

const skewed: Case = {
  name: 'agent-clock-skew',
  what: "an agent whose node's clock is an hour off goes on writing; the service says that its report tells nothing",
  async run(ctx) {
    const service = await ctx.service();
    const release = await grantAgentRights(ctx, 'skewed');
    const lines = async (node: string): Promise<string> =>
      (await explain(service, `nodes/${node}`))?.lines.join('\n') ?? '';
    const one = async (node: string, { offMs, says }: { offMs: number; says: RegExp }): Promise<void> => {
      await addNode(ctx, { name: node, cores: 8 });
      const agent = startConfined(ctx, await identityOn(ctx, release, node), release.namespace, { clockJumps: true });
      await until(`the service goes by the report of ${node}`, async () => /its report is/.test(await lines(node)));
      await agent.setClockOff(offMs);
      // It writes anew 30 s after it wrote last.
      await until(`the service says ${says} of ${node}`, async () => says.test(await lines(node))).catch(
        async (error: Error) => assert.fail(`${error.message}: ${await lines(node)}`),
      );
      const { metadata } = await ctx.cluster.client.get(`/api/v1/nodes/${node}`);
      const load = JSON.parse(metadata.annotations?.[TIER_LOAD] ?? '{}') as { at: string };
      const aheadMs = Date.parse(load.at) - Date.now();
      assert.ok(Math.abs(aheadMs - offMs) < HOUR_MS / 2, `${node}: ${aheadMs} ms`);
    };
    await Promise.all(Object.entries(CLOCKS).map(([name, clock]) => one(`skewed-${name}`, clock)));
  },
};

export const CLOCK_SKEW_CASES: readonly Case[] = [skewed];
