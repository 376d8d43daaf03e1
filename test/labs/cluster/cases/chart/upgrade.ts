import assert from 'node:assert/strict';
import { set } from '../../../../charts/helm.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { cpuOf, dryRun, OPTED_IN } from '../../../../e2e/kit.ts';
import { agentPods, uidsOf, untilStatus } from './agents.ts';
import { addLinuxNodes, RELEASE, release, timed } from './release.ts';

const NAMESPACE = 'chart-upgrade';
const NODES = ['chart-upgrade-1', 'chart-upgrade-2'];
const VALUES = set('webhook.enabled=true');
/** Taken up by agents that run. */
const LIVE = [...VALUES, ...set('agent.config.enforce=always', 'webhook.factors.normal=0.6')];
/** Read by an agent at its start alone. */
const RESTARTING = [...LIVE, ...set('agent.config.scheduler.debounceMs=400')];

const upgrade: Case = {
  name: 'chart-upgrade',
  what: 'values changed by helm: taken up by agents that run, or by new ones in their place; and back by rollback',
  needsServices: true,
  deadlineMs: 900_000,
  async run(ctx) {
    const temper = await release(ctx);
    await addLinuxNodes(ctx, NODES);
    await ctx.cluster.addNamespace(NAMESPACE, OPTED_IN);
    await temper.install(VALUES);
    const first = uidsOf(await agentPods(ctx));

    await timed(ctx, 'upgrade that agents take up while they run', () => temper.upgrade(LIVE));
    await isAsSet(ctx, '600m', 'enforcing');
    assert.deepEqual(uidsOf(await agentPods(ctx)), first, 'a live change restarts no agent');

    await timed(ctx, 'upgrade that restarts the agents of two nodes', () => temper.upgrade(RESTARTING));
    await isAsSet(ctx, '600m', 'enforcing');
    const second = uidsOf(await agentPods(ctx));
    assert.ok(!second.some((uid) => first.includes(uid)), 'every agent is a new one');

    await timed(ctx, 'rollback to the first revision', () => temper.run('rollback', RELEASE, '1', '--wait'));
    await isAsSet(ctx, '700m', 'observing');
  },
};

/** What a pod of one CPU asks for, and what the agents say. */
async function isAsSet(ctx: Ctx, cpu: string, status: string): Promise<void> {
  assert.equal(cpuOf(await dryRun(ctx, NAMESPACE)), cpu);
  for (const node of NODES) await untilStatus(ctx, node, status);
}

export const UPGRADE_CASES: readonly Case[] = [upgrade];
