import assert from 'node:assert/strict';
import { systemClock } from '../../../../../src/telemetry/system-clock.ts';
import { run } from '../../../../cli/harness.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { createPod, kubeconfigFile, OPTED_IN, overcommitted, untilBound } from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';
import { addCrowdedNodes, type Crowd, deploy, type Outcome, onCrowdedNode, outcome, rollAll } from './crowded.ts';

/** What `temper-cli` says of life without the webhook, and what the real scheduler and quotas make of it. */

const wayOut: Case = {
  name: 'way-out',
  what: 'without the webhook as many pods are refused and stay Pending as `temper-cli check` and `chart leave` have said',
  async run(ctx) {
    // On each node seven scaled pods have room, and five that are not.
    const nodes = { names: ['way-out-1', 'way-out-2'], cores: 6 };
    const crowds = [
      { namespace: 'crowd', name: 'web', cpu: '1', replicas: 9 },
      { namespace: 'capped', name: 'web', cpu: '1', replicas: 5 },
    ];
    await addCrowdedNodes(ctx, nodes);
    await namespaces(ctx, 'crowd', 'capped');
    for (const name of nodes.names) {
      const metadata = { labels: { 'temper.codes/overcommit': 'disabled' } };
      await createPod(ctx, 'crowd', { name, cpu: '500m', metadata, spec: onCrowdedNode(name) });
      await untilBound(ctx, 'crowd', name);
    }
    await cap(ctx, 'capped', '3500m');
    for (const one of crowds) await deploy(ctx, one);

    const said = await leave(ctx);
    assert.deepEqual(said.least, said.most);
    await rollAll(ctx, crowds);
    const came = await outcome(ctx, crowds, nodes);
    tell(ctx, 'came', came);
    assert.deepEqual(came, said.least);
    assert.ok(came.refused > 0 && came.pending > 0, 'both are shown');
  },
};

/** The scheduler packs nodes in a way of its own: so many pods more or less find room. */
const PACKED = 3;

const mixed: Case = {
  name: 'way-out-mixed',
  what: 'with pods of many sizes as many stay Pending as `temper-cli check` has said at least and at most',
  async run(ctx) {
    const nodes = { names: [...Array(6)].map((_, index) => `way-out-mixed-${index}`), cores: 8 };
    const crowds: Crowd[] = [
      { namespace: 'mixed', name: 'large', cpu: '2500m', replicas: 6 },
      { namespace: 'mixed', name: 'middle', cpu: '1500m', replicas: 14 },
      { namespace: 'mixed', name: 'small', cpu: '700m', replicas: 24 },
      { namespace: 'mixed', name: 'tiny', cpu: '300m', replicas: 24 },
    ];
    await addCrowdedNodes(ctx, nodes);
    await namespaces(ctx, 'mixed');
    for (const one of crowds) await deploy(ctx, one);

    const { least, most } = await leave(ctx);
    await rollAll(ctx, crowds);
    const came = await outcome(ctx, crowds, nodes);
    tell(ctx, 'came', came);
    assert.deepEqual([least.refused, came.refused, most.refused], [0, 0, 0]);
    assert.ok(least.pending > 0 && least.pending < most.pending, 'the order matters');
    assert.ok(came.pending >= least.pending - PACKED && came.pending <= most.pending + PACKED, `${came.pending} came`);
  },
};

/** Opted in, the first one known to the service; gone at the end. */
async function namespaces(ctx: Ctx, first: string, ...others: string[]): Promise<void> {
  await overcommitted(ctx, first);
  for (const name of others) await ctx.cluster.addNamespace(name, OPTED_IN);
}

async function cap({ cluster }: Ctx, namespace: string, cpu: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/resourcequotas`;
  await cluster.client.create(path, { metadata: { name: 'cpu' }, spec: { hard: { 'requests.cpu': cpu } } });
  const isInForce = async (): Promise<boolean> =>
    'hard' in (await cluster.client.get<{ status: object }>(`${path}/cpu`)).status;
  await until('the quota is in force', isInForce);
}

interface Said {
  readonly least: Outcome;
  readonly most: Outcome;
  readonly webhookDeleted?: boolean;
}

/** Asks, and takes the webhook away. */
async function leave(ctx: Ctx): Promise<Said> {
  const said = await ask(ctx, ['check', '--without-webhook']);
  tell(ctx, 'said at least', said.least);
  tell(ctx, 'said at most', said.most);
  const left = await ask(ctx, ['chart', 'leave', '--webhook', 'temper-overcommit']);
  assert.deepEqual([left.least, left.most, left.webhookDeleted], [said.least, said.most, true]);
  return said;
}

async function ask(ctx: Ctx, args: readonly string[]): Promise<Said> {
  const flags = ['-o', 'json', '--kubeconfig', kubeconfigFile(ctx), '--request-timeout', '1m'];
  const ran = await run([...args, ...flags], { clock: systemClock });
  assert.ok(ran.code === 0 || ran.code === 3, ran.stderr);
  return JSON.parse(ran.stdout) as Said;
}

function tell(ctx: Ctx, what: string, { refused, pending }: Outcome): void {
  ctx.figure(`${what}: refused`, refused, 'pods');
  ctx.figure(`${what}: Pending`, pending, 'pods');
}

export const WAY_OUT_CASES: readonly Case[] = [wayOut, mixed];
