import assert from 'node:assert/strict';
import { AGENT_STATUS, SAFE_MODE_REQUESTED } from '../../../../../src/model/keys.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { addClasses } from '../../../../e2e/classes.ts';
import { until } from '../../../../support/embedded.ts';
import { addCritical, addNodes, enforces, type FleetNode, isStock, nodeNames, startFleet, untilEach } from './fleet.ts';
import { kubectl } from './kubectl.ts';
import { grantAgentRights, type Release } from './rights.ts';

/** Nodes of which each has something to protect, and whose agents enforce. */
async function enforcing(ctx: Ctx, name: string, count: number): Promise<{ release: Release; fleet: FleetNode[] }> {
  await addClasses(ctx);
  const release = await grantAgentRights(ctx, name);
  const nodes = nodeNames(name, count);
  await addNodes(ctx, nodes);
  await addCritical(ctx, name, nodes);
  const fleet = await startFleet(ctx, nodes, { release });
  await untilEach('all enforce', fleet, enforces);
  return { release, fleet };
}

/** @returns milliseconds until every kernel is on stock, and until every Node says safe mode */
async function timeToStock(ctx: Ctx, fleet: readonly FleetNode[], ask: () => Promise<unknown>): Promise<void> {
  const words = async (): Promise<string[]> => {
    const ours = new Set(fleet.map(({ node }) => node));
    const nodes = await ctx.cluster.client.list('/api/v1/nodes');
    return nodes
      .filter(({ metadata }) => ours.has(metadata.name))
      .map(({ metadata }) => metadata.annotations?.[AGENT_STATUS] ?? '');
  };
  const began = performance.now();
  let asked: number | null = null;
  const asking = ask().then(() => {
    asked = performance.now();
  });
  await untilEach('every kernel is on stock', fleet, isStock);
  const stock = performance.now();
  await asking;
  await until('every Node says so', async () => (await words()).every((word) => word.startsWith('safe-mode')));
  const said = performance.now();
  ctx.figure(`kubectl itself, ${fleet.length} nodes`, Math.round((asked ?? said) - began), 'ms');
  ctx.figure('from its start until every kernel is on stock', Math.round(stock - began), 'ms');
  ctx.figure('from its start until every Node says so', Math.round(said - began), 'ms');
}

/** A node that comes now, with a Critical pod on it, and the agent that starts there. */
async function join(ctx: Ctx, release: Release, node: string): Promise<FleetNode> {
  await addNodes(ctx, [node]);
  await addCritical(ctx, release.namespace, [node]);
  const [joined] = await startFleet(ctx, [node], { release });
  assert.ok(joined !== undefined);
  return joined;
}

const byNamespace: Case = {
  name: 'agents-safe-mode-namespace',
  what: 'one annotation on the release Namespace puts every node on stock; a node that joins meanwhile never attaches',
  async run(ctx) {
    const { release, fleet } = await enforcing(ctx, 'safe-namespace', 200);
    const annotate = (word: string) =>
      kubectl(ctx, 'annotate', 'namespace', release.namespace, `${SAFE_MODE_REQUESTED}${word}`);
    await timeToStock(ctx, fleet, () => annotate('=true'));

    const joined = await join(ctx, release, 'safe-joined');
    await until('the new agent says so', () => joined.publishing.status.word === 'safe-mode');
    await until('it knows of its pod', () => joined.publishing.load?.tiers.critical.pods === 1);
    assert.equal(joined.kernel.read().enableSeq, 0, 'it never attached');

    await annotate('-');
    await untilEach('all enforce again, the new one too', [...fleet, joined], enforces);
    assert.equal(joined.kernel.read().enableSeq, 1);
  },
};

const byNodes: Case = {
  name: 'agents-safe-mode-nodes',
  what: 'kubectl annotate node --all puts every node on stock; one that joins later is not among them',
  async run(ctx) {
    const { release, fleet } = await enforcing(ctx, 'safe-nodes', 50);
    await timeToStock(ctx, fleet, () => kubectl(ctx, 'annotate', 'node', '--all', `${SAFE_MODE_REQUESTED}=true`));

    // What the documentation warns of: the request is on Nodes that were there.
    const joined = await join(ctx, release, 'safe-late');
    await untilEach('the new one enforces', [joined], enforces);
    assert.ok(fleet.every(isStock));

    await kubectl(ctx, 'annotate', 'node', '--all', `${SAFE_MODE_REQUESTED}-`);
    await untilEach('all enforce again', fleet, enforces);
  },
};

export const SAFE_MODE_CASES: readonly Case[] = [byNamespace, byNodes];
