import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { TIER_LOAD } from '../../../../../src/model/keys.ts';
import { TIERS } from '../../../../../src/model/tier.ts';
import { encodeTierLoad } from '../../../../../src/model/tier-load.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { until } from '../../../../support/embedded.ts';
import { measureAfterRestart } from './after-restart.ts';
import { addNodes, inParallel, nodeNames } from './fleet.ts';
import { identityOn } from './identity.ts';
import { perSecond, readMeters } from './meters.ts';
import { grantAgentRights } from './rights.ts';
import { type Watchers, watchNodes } from './watchers.ts';

const NODES = 2_000;
const WATCHERS = 50;
const WINDOW_MS = 20_000;
/** Writes a second of all agents: without any, with heartbeats alone, with a change at each sample. */
const RATES = [0, 8, 67] as const;
/** What a kubelet says of the images on its node makes the most of a Node: 50 of them, by default. */
const IMAGES = Array.from({ length: 50 }, (_, index) => ({
  names: [
    `registry.example/team-${index}/service@sha256:${'0'.repeat(64)}`,
    `registry.example/team-${index}/service:1.${index}.0`,
  ],
  sizeBytes: 100_000_000 + index,
}));

/** As large as an agent writes it. */
function tierLoad(): string {
  const tiers = Object.fromEntries(
    TIERS.map((tier) => [tier, { pods: 12, requestMilli: 12_345, usedMilli: 6_400 }]),
  ) as Record<(typeof TIERS)[number], { pods: number; requestMilli: number; usedMilli: number }>;
  return encodeTierLoad({
    at: Date.now(),
    heartbeatMs: 300_000,
    cores: 32,
    threads: 2,
    reserveCores: 1,
    protection: 'enforcing',
    tiers,
    system: { pods: 9, requestMilli: 1_200 },
    pressureSome10: 10,
  });
}

/** Patches one Node after the other, so many a second. @returns how many it has, once it is ended */
function writeNodes({ cluster: { client } }: Ctx, nodes: readonly string[], rate: number): () => Promise<number> {
  const patches: Array<Promise<unknown>> = [];
  const write = (): void => {
    const node = nodes[patches.length % nodes.length];
    patches.push(client.patch(`/api/v1/nodes/${node}`, { metadata: { annotations: { [TIER_LOAD]: tierLoad() } } }));
  };
  const timer = rate === 0 ? undefined : setInterval(write, 1000 / rate);
  return async () => {
    clearInterval(timer);
    await Promise.all(patches);
    return patches.length;
  };
}

interface Watching {
  readonly whole: Watchers;
  readonly metadata: Watchers;
}

async function measure(ctx: Ctx, nodes: readonly string[], rate: number, { whole, metadata }: Watching): Promise<void> {
  const bytes = { whole: whole.bytes, metadata: metadata.bytes };
  const before = await readMeters(ctx);
  const end = writeNodes(ctx, nodes, rate);
  await pause(WINDOW_MS);
  const written = await end();
  const after = await readMeters(ctx);
  const rates = perSecond(before, after);
  const seconds = (after.at - before.at) / 1000;
  const what = `${rate} writes a second`;
  ctx.figure(`${what}: written`, written / seconds, '/s');
  ctx.figure(`${what}: ${WATCHERS} watchers of metadata`, (metadata.bytes - bytes.metadata) / seconds / 1024, 'KiB/s');
  ctx.figure(`${what}: ${WATCHERS} watchers of Nodes`, (whole.bytes - bytes.whole) / seconds / 1024, 'KiB/s');
  ctx.figure(`${what}: API server`, rates.apiserverCpu * 100, '% of a core');
  ctx.figure(`${what}: etcd`, rates.etcdCpu * 100, '% of a core');
  ctx.figure(`${what}: etcd grows by`, rates.etcdInUse / 1024, 'KiB/s');
  assert.deepEqual([whole.ended, metadata.ended], [0, 0], 'watches that the server has ended');
}

const projection: Case = {
  name: 'agents-projected',
  what: `${NODES} Nodes written as their agents would, and ${WATCHERS} watchers of them: bytes, CPU time, the growth of etcd, and an API server that restarts`,
  onRequest: 'it makes 2,000 nodes and watches for some minutes',
  deadlineMs: 1_200_000,
  async run(ctx) {
    const { client } = ctx.cluster;
    const release = await grantAgentRights(ctx, 'projected');
    const nodes = nodeNames('projected', NODES);
    await addNodes(ctx, nodes);
    await inParallel(nodes, (node) => client.patch(`/api/v1/nodes/${node}/status`, { status: { images: IMAGES } }));
    const ready = async (): Promise<boolean> => {
      const all = await client.list<{ status: { conditions?: readonly object[] } }>('/api/v1/nodes');
      return all.every(({ status }) => (status.conditions ?? []).length > 0);
    };
    await until('all are ready', ready, 300_000);
    await inParallel(nodes, (node) =>
      client.patch(`/api/v1/nodes/${node}`, { metadata: { annotations: { [TIER_LOAD]: tierLoad() } } }),
    );
    const node = await client.get(`/api/v1/nodes/${nodes[0]}`);
    ctx.figure('one Node', JSON.stringify(node).length / 1024, 'KiB');
    ctx.figure('its tier load', tierLoad().length, 'bytes');
    const reader = await identityOn(ctx, release, nodes[0] ?? '');
    const watching = {
      whole: await watchNodes(ctx, reader, { count: WATCHERS, metadataOnly: false }),
      metadata: await watchNodes(ctx, reader, { count: WATCHERS, metadataOnly: true }),
    };
    await pause(5_000);
    for (const rate of RATES) await measure(ctx, nodes, rate, watching);
    const write = async (name: string): Promise<number> => {
      const load = tierLoad();
      await client.patch(`/api/v1/nodes/${name}`, { metadata: { annotations: { [TIER_LOAD]: load } } });
      return Date.parse((JSON.parse(load) as { at: string }).at);
    };
    await measureAfterRestart(ctx, reader, { nodes, count: WATCHERS, write });
  },
};

export const PROJECTION_CASES: readonly Case[] = [projection];
