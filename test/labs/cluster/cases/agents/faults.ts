import assert from 'node:assert/strict';
import { AGENT_STATUS, SAFE_MODE_REQUESTED } from '../../../../../src/model/keys.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { addClasses } from '../../../../e2e/classes.ts';
import { until } from '../../../../support/embedded.ts';
import { compact, defragment } from './etcd.ts';
import {
  addCritical,
  addNodes,
  enforces,
  type FleetNode,
  type FleetOptions,
  isStock,
  nodeNames,
  startFleet,
  untilEach,
} from './fleet.ts';
import { grantAgentRights } from './rights.ts';

const AGENTS = 10;

interface Ground {
  readonly fleet: readonly FleetNode[];
  /** How often each list-watch began again, by `resource reason`. */
  readonly restarts: ReadonlyMap<string, number>;
  /** Asks for safe mode on the release Namespace, or takes it back. */
  request(value: 'true' | null): Promise<void>;
}

/** Agents that enforce. */
async function prepare(ctx: Ctx, name: string, more: Partial<FleetOptions> = {}): Promise<Ground> {
  await addClasses(ctx);
  const release = await grantAgentRights(ctx, name);
  const nodes = nodeNames(name, AGENTS);
  await addNodes(ctx, nodes);
  await addCritical(ctx, name, nodes);
  const restarts = new Map<string, number>();
  const watching = {
    restarted(resource: string, reason: string) {
      const key = `${resource} ${reason}`;
      restarts.set(key, (restarts.get(key) ?? 0) + 1);
    },
    unreadable() {},
    problem() {},
    recovered() {},
  };
  const fleet = await startFleet(ctx, nodes, { release, watching, ...more });
  await untilEach('all enforce', fleet, enforces);
  return {
    fleet,
    restarts,
    async request(value) {
      const annotations = { [SAFE_MODE_REQUESTED]: value };
      await ctx.cluster.client.patch(`/api/v1/namespaces/${release.namespace}`, { metadata: { annotations } });
    },
  };
}

/** Whether Nodes say what their agents say. */
async function untilSaid(ctx: Ctx, fleet: readonly FleetNode[], word: string): Promise<void> {
  const says = async ({ node }: FleetNode): Promise<boolean> => {
    const { metadata } = await ctx.cluster.client.get(`/api/v1/nodes/${node}`);
    return metadata.annotations?.[AGENT_STATUS]?.startsWith(word) === true;
  };
  await until(`every Node says ${word}`, async () => (await Promise.all(fleet.map(says))).every(Boolean), 180_000);
}

const sumOf = (restarts: Ground['restarts']): number => [...restarts.values()].reduce((sum, count) => sum + count, 0);

const reasonsOf = (restarts: Ground['restarts']): string =>
  [...restarts].map(([reason, count]) => `${count} × ${reason}`).join(', ');

const attachedOnce = (fleet: readonly FleetNode[]): boolean =>
  fleet.every(({ kernel }) => kernel.read().enableSeq === 1 && kernel.read().state === 'enabled');

const closed: Case = {
  name: 'agents-watch-closed',
  what: 'watches that the API server closes every two seconds go on where they were: nothing is missed, nothing listed again',
  async run(ctx) {
    let lists = 0;
    const { fleet, restarts, request } = await prepare(ctx, 'closed', {
      settings: { watchSeconds: 2 },
      by: (transport) => ({
        get(path, options) {
          if (!path.includes('watch=true')) lists += 1;
          return transport.get(path, options);
        },
        send: (path, options) => transport.send(path, options),
        close: () => transport.close(),
      }),
    });
    const listed = lists;
    for (let round = 0; round < 3; round += 1) {
      await request('true');
      await untilEach('all stand down', fleet, isStock);
      await request(null);
      await untilEach('all enforce again', fleet, enforces);
    }
    // The observer tells each of them, the orderly end too.
    await until('every watch was closed twice', () => sumOf(restarts) >= 6 * AGENTS);
    assert.deepEqual([...restarts.keys()].sort(), ['namespaces end', 'nodes end', 'pods end']);
    assert.equal(lists, listed, 'lists');
  },
};

const restarted: Case = {
  name: 'agents-api-restarted',
  what: 'the API server is killed, what its watches go on from is compacted away, and it comes back: agents stay attached, list anew, and obey',
  async run(ctx) {
    const { controlPlane, client } = ctx.cluster;
    assert.ok(controlPlane !== undefined);
    const { fleet, restarts, request } = await prepare(ctx, 'restarted');
    // Later than whatever the agents have seen.
    const bump = '/api/v1/namespaces/restarted/configmaps';
    await client.create(bump, { metadata: { name: 'later' } });
    await controlPlane.kill('kube-apiserver');
    await until('every watch has broken', () => sumOf(restarts) >= 3 * AGENTS);
    await compact(ctx);
    assert.ok(attachedOnce(fleet), 'attached while it is away');
    const began = performance.now();
    await controlPlane.restart('kube-apiserver');
    const ready = performance.now();
    ctx.figure('API server ready again', (ready - began) / 1000, 's');
    await until('requests are served', () =>
      request('true').then(
        () => true,
        () => false,
      ),
    );
    const asked = performance.now();
    assert.ok(attachedOnce(fleet), 'attached when it is back');
    await untilEach('all stand down', fleet, isStock);
    ctx.figure('from the request until all stand down', (performance.now() - asked) / 1000, 's');
    await untilSaid(ctx, fleet, 'safe-mode');
    ctx.figure('from the request until all Nodes say so', (performance.now() - asked) / 1000, 's');
    ctx.log(reasonsOf(restarts));
    assert.ok((restarts.get('namespaces gone') ?? 0) > 0, `no 410: ${reasonsOf(restarts)}`);
    await request(null);
    await untilEach('all enforce again', fleet, enforces);
  },
};

const defragmented: Case = {
  name: 'agents-etcd-defragmented',
  what: 'etcd is compacted and defragmented under the agents: nothing is lost and no watch breaks',
  async run(ctx) {
    const { fleet, restarts, request } = await prepare(ctx, 'defragmented');
    const began = performance.now();
    await compact(ctx);
    await defragment(ctx);
    ctx.figure('etcd compacted and defragmented', performance.now() - began, 'ms');
    await request('true');
    await untilEach('all stand down', fleet, isStock);
    await untilSaid(ctx, fleet, 'safe-mode');
    await request(null);
    await untilEach('all enforce again', fleet, enforces);
    assert.deepEqual([...restarts.keys()], []);
  },
};

export const FAULT_CASES: readonly Case[] = [closed, restarted, defragmented];
