import assert from 'node:assert/strict';
import { TIER_LOAD } from '../../../../../src/model/keys.ts';
import { explain, metric } from '../../../../e2e/ask-service.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { addClasses } from '../../../../e2e/classes.ts';
import { addNode } from '../../../../e2e/kit.ts';
import { tierLoad } from '../../../../e2e/tier-load.ts';
import { withScheduler } from '../../../../e2e/with-scheduler.ts';
import { until } from '../../../../support/embedded.ts';
import { counts, placeReplicas } from './replicas.ts';

/** What the extender does to the spread of a Deployment's replicas. */

const CORES = 16;
const ZONES = ['a', 'b', 'c'];
const ZONE = 'topology.kubernetes.io/zone';
/** What docs/explanation/scoring.md promises: of the node with the most, and of the zones. */
const MORE = 1;

interface Skew {
  /** Of the node with the most. */
  readonly perNode: number;
  /** The zone with the most, less that with the fewest. */
  readonly zones: number;
}

/** What the extender sees the nodes as; the scheduler itself sees them as equal. */
interface Scene {
  readonly name: string;
  readonly tiers: readonly string[];
  /** What pods of High ask for, which every tier minds. */
  milli(index: number): number;
  /** @default all can */
  protects?(index: number): boolean;
}

const GRADED: Scene = {
  name: 'graded',
  tiers: ['critical', 'normal', 'background'],
  milli: (index) => index * 1_500,
};
const SCENES: readonly Scene[] = [
  GRADED,
  { name: 'one empty, all others full', tiers: ['critical', 'normal'], milli: (index) => (index === 0 ? 0 : 13_500) },
  { name: 'one full, all others empty', tiers: ['background'], milli: (index) => (index === 0 ? 13_500 : 0) },
  { ...GRADED, name: 'graded, five cannot protect', tiers: ['critical'], protects: (index) => index % 2 === 1 },
];

const UNPROTECTED_ZONE: Scene = {
  ...GRADED,
  name: 'graded, a zone cannot protect',
  tiers: ['critical'],
  protects: (index) => index % ZONES.length > 0,
};

const spread: Case = {
  name: 'replicas-spread',
  what: 'at weight 1 no node has more than one replica more than without temper, and the zones differ by at most one more: of 18 and of 30, by contention and by packing',
  run: (ctx) => compareSpread(ctx, { prefix: 'spread', weights: [1], replicas: [18, 30], scenes: SCENES }),
};

const spreadByWeight: Case = {
  name: 'replicas-spread-weights',
  what: 'the same of 45 and 90 replicas, at higher weights, and where a zone cannot protect',
  onRequest: 'it measures what docs/explanation/scoring.md has a table of',
  deadlineMs: 1_200_000,
  run: (ctx) =>
    compareSpread(ctx, {
      prefix: 'weights',
      weights: [1, 3, 10],
      replicas: [18, 45, 90],
      scenes: [...SCENES, UNPROTECTED_ZONE],
    }),
};

interface Comparison {
  /** Of the names of nodes, schedulers and the namespace. */
  readonly prefix: string;
  readonly weights: readonly number[];
  readonly replicas: readonly number[];
  readonly scenes: readonly Scene[];
}

async function compareSpread(ctx: Ctx, { prefix, weights, replicas, scenes }: Comparison): Promise<void> {
  await addClasses(ctx);
  const zoneOf = await addZonedNodes(ctx, prefix);
  await ctx.cluster.addNamespace(prefix);
  const none = `${prefix}-none`;
  const plain = await ctx.cluster.startScheduler({ name: none, extender: null });
  ctx.after(() => plain.stop());
  const service = await ctx.service();
  for (const weight of weights) await withScheduler(ctx, service, `${prefix}-${weight}`, { weight });

  const place = async (scheduler: string, count: number, tier: string) => {
    const wanted = { namespace: prefix, scheduler, replicas: count, className: `temper-${tier}` };
    return skewOf(await placeReplicas(ctx, wanted), zoneOf);
  };
  const without = new Map<number, Skew>();
  for (const count of replicas) {
    const found = await place(none, count, 'normal');
    without.set(count, found);
    tell(ctx, `${count} replicas without temper`, found);
  }
  for (const scene of scenes) {
    await report(ctx, zoneOf, scene);
    for (const tier of scene.tiers) {
      for (const weight of weights) {
        for (const [count, plain] of without) {
          const what = `${count} replicas, ${scene.name}, ${tier}, weight ${weight}`;
          const found = await place(`${prefix}-${weight}`, count, tier);
          tell(ctx, what, found);
          assert.ok(found.perNode <= plain.perNode + MORE, `${what}: ${found.perNode} on one node`);
          assert.ok(found.zones <= plain.zones + MORE, `${what}: the zones differ by ${found.zones}`);
        }
      }
    }
  }
}

/** Nine nodes that the scheduler itself sees as equal. */
async function addZonedNodes(ctx: Ctx, prefix: string): Promise<Map<string, string>> {
  const zoneOf = new Map<string, string>();
  for (let index = 0; index < 9; index += 1) {
    const name = `${prefix}-${index}`;
    const zone = ZONES[index % ZONES.length] ?? '';
    zoneOf.set(name, zone);
    await addNode(ctx, { name, cores: CORES, labels: { [ZONE]: zone } });
  }
  return zoneOf;
}

async function report(ctx: Ctx, nodes: ReadonlyMap<string, string>, scene: Scene): Promise<void> {
  const service = await ctx.service();
  for (const [index, name] of [...nodes.keys()].entries()) {
    const high = scene.milli(index);
    const protects = scene.protects?.(index) ?? true;
    const load = tierLoad({ cores: CORES, protection: protects ? 'enforcing' : 'none', milli: { high } });
    await ctx.cluster.client.patch(`/api/v1/nodes/${name}`, { metadata: { annotations: { [TIER_LOAD]: load } } });
    await until(`the service knows of ${high} on ${name}`, async () => {
      const explained = await explain(service, `nodes/${name}`);
      const isThere = explained?.tiers?.some(({ tier, requestMilli }) => tier === 'high' && requestMilli === high);
      return isThere === true && explained?.capable === protects;
    });
  }
}

function skewOf(nodes: readonly string[], zoneOf: ReadonlyMap<string, string>): Skew {
  const zones = counts(
    nodes.map((node) => zoneOf.get(node) ?? ''),
    ZONES,
  );
  return {
    perNode: Math.max(...counts(nodes, zoneOf.keys()).values()),
    zones: Math.max(...zones.values()) - Math.min(...zones.values()),
  };
}

function tell(ctx: Ctx, what: string, { perNode, zones }: Skew): void {
  ctx.figure(what, perNode, `on one node, the zones differ by ${zones}`);
}

const steered: Case = {
  name: 'steered-among-equals',
  what: 'at weight 1 a Deployment goes to the nodes that can protect it, where spread leaves nodes equal; pods of the other scheduler are not asked about',
  async run(ctx) {
    await addClasses(ctx);
    const good = ['equal-0', 'equal-2', 'equal-4', 'equal-6'];
    for (let index = 0; index < 8; index += 1) {
      const name = `equal-${index}`;
      const load = tierLoad({ cores: CORES, protection: good.includes(name) ? 'enforcing' : 'none' });
      await addNode(ctx, { name, cores: CORES, annotations: { [TIER_LOAD]: load } });
    }
    const service = await ctx.service();
    await withScheduler(ctx, service, 'temper-equal', { weight: 1 });
    await ctx.cluster.addNamespace('equal');
    const place = (scheduler: string) =>
      placeReplicas(ctx, { namespace: 'equal', scheduler, replicas: good.length, className: 'temper-critical' });
    const asked = () => metric(service, 'temper_extender_requests_total{');
    const before = await asked();
    assert.deepEqual((await place('temper-equal')).sort(), good);
    const after = await asked();
    assert.ok(after > before);
    await place('default-scheduler');
    assert.equal(await asked(), after, "the cluster's own scheduler does not ask");
  },
};

export const SPREAD_CASES: readonly Case[] = [spread, spreadByWeight, steered];
