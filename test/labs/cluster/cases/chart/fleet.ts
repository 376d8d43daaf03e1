import assert from 'node:assert/strict';
import { set } from '../../../../charts/helm.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { createPod } from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';
import { type AgentPod, agentPods, statusOn, uidsOf, untilStatus } from './agents.ts';
import { addLinuxNodes, RELEASE, type Release, release, timed } from './release.ts';

const CANARY = 'chart-fleet-1';
const NODES = [CANARY, 'chart-fleet-2', 'chart-fleet-3'];
const GUARDED = 'chart-fleet';
const NEXT = '0.2.0-rc.1';
/** A build whose scheduler never attaches; the runner's double knows it by this tag. */
const BAD = 'never-attaches';
const VALUES = [
  ...set('agent.config.scheduler.startTimeoutMs=5000'),
  ...['--set-string', 'agent.canary.nodeSelector.temper-canary=true'],
];

const fleet: Case = {
  name: 'chart-fleet',
  what: 'agents in pods enforce; a canary on one node, its promotion, and a bad build that stops at the first node',
  needsServices: true,
  deadlineMs: 900_000,
  async run(ctx) {
    const temper = await release(ctx);
    await addLinuxNodes(ctx, NODES);
    await ctx.cluster.client.patch(`/api/v1/nodes/${CANARY}`, { metadata: { labels: { 'temper-canary': 'true' } } });
    await timed(ctx, 'install of the agents', () => temper.install(VALUES));
    for (const node of NODES) await untilStatus(ctx, node, 'observing');
    await ctx.cluster.addNamespace(GUARDED);
    for (const node of NODES) await protect(ctx, node);
    for (const node of NODES) await untilStatus(ctx, node, 'enforcing');

    await onOneNode(ctx, temper);
    await promoted(ctx, temper);
    await stopsAtTheFirst(ctx, temper);
  },
};

/** A pod that is worth to attach for. */
async function protect(ctx: Ctx, node: string): Promise<void> {
  await createPod(ctx, GUARDED, { name: node, spec: { nodeName: node, priorityClassName: 'temper-critical' } });
}

async function onOneNode(ctx: Ctx, temper: Release): Promise<void> {
  const before = await agentPods(ctx);
  const canary = set('agent.canary.enabled=true', `agent.canary.image.tag=${NEXT}`);
  await timed(ctx, 'canary on one node', () => temper.upgrade([...VALUES, ...canary]));
  await untilTags(ctx, (node) => (node === CANARY ? NEXT : '0.1.0'));
  for (const node of NODES) await untilStatus(ctx, node, 'enforcing');
  const kept = (await agentPods(ctx)).filter(({ metadata: { uid } }) => before.some((one) => one.metadata.uid === uid));
  assert.equal(kept.length, NODES.length - 1, 'the agents of the other nodes go on');
}

async function promoted(ctx: Ctx, temper: Release): Promise<void> {
  const canary = (await agentPods(ctx)).filter(({ spec }) => spec.nodeName === CANARY);
  const promotion = [...VALUES, ...set(`agent.image.tag=${NEXT}`)];
  await timed(ctx, 'promotion to three nodes', () => temper.upgrade(promotion));
  await untilTags(ctx, () => NEXT);
  for (const node of NODES) await untilStatus(ctx, node, 'enforcing');
  const after = (await agentPods(ctx)).filter(({ spec }) => spec.nodeName === CANARY);
  assert.deepEqual(uidsOf(after), uidsOf(canary), 'the canary has been promoted already');
}

async function stopsAtTheFirst(ctx: Ctx, temper: Release): Promise<void> {
  const canary = set('agent.canary.enabled=true', `agent.canary.image.tag=${NEXT}`);
  const bad = [...VALUES, ...canary, ...set(`agent.image.tag=${BAD}`)];
  await assert.rejects(() => temper.upgrade(bad, '40s'), /not ready|deadline/);
  const pods = await agentPods(ctx);
  const tried = pods.filter((pod) => tagOf(pod) === BAD);
  assert.equal(tried.length, 1, 'one node of two tries it');
  assert.ok(!tried.some(isReady), 'and its agent is not Ready');
  const good = pods.filter((pod) => tagOf(pod) === NEXT);
  assert.ok(good.length === NODES.length && good.every(isReady), 'the agents before it go on, on every node');
  for (const node of NODES) assert.match(await statusOn(ctx, node), /^enforcing/);
  const revisions = JSON.parse(await temper.run('history', RELEASE, '--output', 'json')) as Array<{ revision: number }>;
  const last = revisions.at(-1)?.revision ?? 0;
  await timed(ctx, 'rollback', () => temper.run('rollback', RELEASE, String(last - 1), '--wait'));
  await untilTags(ctx, () => NEXT);
  for (const node of NODES) assert.match(await statusOn(ctx, node), /^enforcing/);
}

const tagOf = ({ spec }: AgentPod): string => spec.containers[0]?.image.split(':').at(-1) ?? '';

const isReady = ({ status }: AgentPod): boolean =>
  (status.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True');

/** One agent a node, Ready, of the build that it should have. */
async function untilTags(ctx: Ctx, wanted: (node: string) => string): Promise<void> {
  await until('every node has one agent, of the build that it should have', async () => {
    const pods = await agentPods(ctx);
    const right = pods.filter((pod) => isReady(pod) && tagOf(pod) === wanted(pod.spec.nodeName ?? ''));
    return pods.length === NODES.length && right.length === NODES.length;
  });
}

export const FLEET_CASES: readonly Case[] = [fleet];
