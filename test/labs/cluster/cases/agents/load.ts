import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { KubeSender, KubeTransport } from '../../../../../src/kube/transport.ts';
import { TIERS } from '../../../../../src/model/tier.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { addClasses } from '../../../../e2e/classes.ts';
import { addCritical, addNodes, enforces, type FleetNode, nodeNames, startFleet, untilEach } from './fleet.ts';
import { perSecond, readMeters } from './meters.ts';
import { grantAgentRights } from './rights.ts';

const AGENTS = 200;
/** A tenth of the default, so that so many agents write as often as ten times as many do. */
const HEARTBEAT_MS = 30_000;
const MEANT = 2_000;
const WINDOW_MS = 45_000;
/** As often as an agent samples its node. */
const SAMPLE_MS = 30_000;

/** What the design allows: of 2,000 steady nodes in a second, and of one node in an hour whatever happens. */
const STEADY_BOUND = 10;
const HOURLY_BOUND = 240;

/** Lists and watches, patches of Nodes, writes of Events. */
interface Requests {
  reads: number;
  patches: number;
  events: number;
}

/** Counts what goes to the API server. */
function counting(requests: Requests) {
  return (transport: KubeTransport & KubeSender): KubeTransport & KubeSender => ({
    get(path, options) {
      requests.reads += 1;
      return transport.get(path, options);
    },
    send(path, options) {
      if (path.startsWith('/api/v1/nodes/')) requests.patches += 1;
      else requests.events += 1;
      return transport.send(path, options);
    },
    close: () => transport.close(),
  });
}

/** @returns Node writes of the agents a second; the API server counts those of others, too */
async function measure(ctx: Ctx, what: string, requests: Requests): Promise<number> {
  const before = { ...requests };
  const first = await readMeters(ctx);
  await pause(WINDOW_MS);
  const last = await readMeters(ctx);
  const rates = perSecond(first, last);
  // A busy machine makes it longer than it was meant to be.
  const seconds = (last.at - first.at) / 1000;
  ctx.figure(`${what}: patches of Nodes a second`, rates.nodePatches, '/s');
  ctx.figure(`${what}: of them by agents`, (requests.patches - before.patches) / seconds, '/s');
  ctx.figure(`${what}: writes of Events a second`, (requests.events - before.events) / seconds, '/s');
  ctx.figure(`${what}: lists and watches a second`, (requests.reads - before.reads) / seconds, '/s');
  ctx.figure(`${what}: API server`, rates.apiserverCpu * 100, '% of a core');
  ctx.figure(`${what}: etcd`, rates.etcdCpu * 100, '% of a core');
  return (requests.patches - before.patches) / seconds;
}

/** Use and pressure drawn anew at each sample, so that nothing of it repeats. @returns ends it */
function disturb(fleet: readonly FleetNode[]): () => void {
  const draw = (one: FleetNode): void => {
    const used = TIERS.map((tier) => [tier, Math.random() * 3_000] as const);
    one.measure({ usedMilliByTier: Object.fromEntries(used), pressureSome10: Math.random() * 40 });
  };
  const timers = fleet.map((one) => setInterval(draw, SAMPLE_MS, one));
  fleet.forEach(draw);
  return () => timers.forEach(clearInterval);
}

const load: Case = {
  name: 'agents-load',
  what: `${AGENTS} agents with heartbeats ten times as often: the writes of ${MEANT} steady ones, and those of nodes that never are`,
  onRequest: 'it watches for some minutes',
  deadlineMs: 1_200_000,
  async run(ctx) {
    await addClasses(ctx);
    const release = await grantAgentRights(ctx, 'load');
    const nodes = nodeNames('load', AGENTS);
    await addNodes(ctx, nodes);
    await addCritical(ctx, 'load', nodes);
    const requests: Requests = { reads: 0, patches: 0, events: 0 };
    const began = performance.now();
    const fleet = await startFleet(ctx, nodes, { release, heartbeatMs: HEARTBEAT_MS, by: counting(requests) });
    await untilEach('all enforce', fleet, enforces);
    ctx.figure('all agents started and enforcing', (performance.now() - began) / 1000, 's');
    const { reads, patches, events } = requests;
    ctx.figure('requests of one agent until then', (reads + patches + events) / AGENTS, 'requests');
    // What follows from the start is over after one heartbeat.
    await pause(HEARTBEAT_MS);

    const steady = await measure(ctx, 'steady', requests);
    assert.ok(steady < STEADY_BOUND, `${steady} patches a second where the contract has ${STEADY_BOUND}`);
    assert.ok(steady > (0.8 * AGENTS) / (HEARTBEAT_MS / 1000), `${steady} patches a second: heartbeats are missing`);

    const calm = disturb(fleet);
    ctx.after(calm);
    await pause(SAMPLE_MS);
    const restless = await measure(ctx, 'restless', requests);
    const hourly = (restless / AGENTS) * 3_600;
    ctx.figure('restless: patches of one Node an hour', hourly, '/h');
    assert.ok(hourly < HOURLY_BOUND, `${hourly} patches an hour of one Node`);
  },
};

export const LOAD_CASES: readonly Case[] = [load];
