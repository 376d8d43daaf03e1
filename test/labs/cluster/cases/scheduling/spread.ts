import assert from 'node:assert/strict';
import { TIER_LOAD } from '../../../../../src/model/keys.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { addClasses } from '../../../../e2e/classes.ts';
import { addNode } from '../../../../e2e/kit.ts';
import { tierLoad } from '../../../../e2e/tier-load.ts';
import { withScheduler } from '../../../../e2e/with-scheduler.ts';
import { counts, placeReplicas } from './replicas.ts';

/** What the extender does to the spread of a Deployment's replicas. */

const CORES = 16;
const ZONES = ['a', 'b', 'c'];
const ZONE = 'topology.kubernetes.io/zone';
const REPLICAS = 18;
/** What docs/explanation/scoring.md has a table of. */
const WEIGHTS = [1, 2, 3, 5];
const CLASSES = ['temper-critical', 'temper-normal', 'temper-background'];

interface Skew {
  /** Of the node with the most. */
  readonly perNode: number;
  /** The zone with the most, less that with the fewest. */
  readonly zones: number;
}

const spread: Case = {
  name: 'replicas-spread',
  what: 'at weight 1 no node has more than one replica more than without temper, and the zones differ by one more at most',
  deadlineMs: 600_000,
  async run(ctx) {
    await addClasses(ctx);
    const zoneOf = await addZonedNodes(ctx);
    await ctx.cluster.addNamespace('spread');
    const schedulers = await startSchedulers(ctx);
    for (const className of CLASSES) {
      const tier = className.replace('temper-', '');
      const without = await skewOf(ctx, schedulers.none, className, zoneOf);
      tell(ctx, `${tier}, without temper`, without);
      for (const [weight, name] of schedulers.byWeight) {
        const found = await skewOf(ctx, name, className, zoneOf);
        tell(ctx, `${tier}, weight ${weight}`, found);
        if (weight > 1) continue;
        assert.ok(found.perNode <= without.perNode + 1, `${tier}: ${found.perNode} on one node`);
        assert.ok(found.zones <= without.zones + 1, `${tier}: the zones differ by ${found.zones}`);
      }
    }
  },
};

/** Nine nodes that the scheduler itself sees as equal, and the extender as anything from empty to almost full. */
async function addZonedNodes(ctx: Ctx): Promise<Map<string, string>> {
  const zoneOf = new Map<string, string>();
  for (let index = 0; index < 9; index += 1) {
    const name = `spread-${index}`;
    const zone = ZONES[index % ZONES.length] ?? '';
    zoneOf.set(name, zone);
    const milli = { critical: index * 700, normal: index * 800 };
    const annotations = { [TIER_LOAD]: tierLoad({ cores: CORES, protection: 'enforcing', milli }) };
    await addNode(ctx, { name, cores: CORES, labels: { [ZONE]: zone }, annotations });
  }
  return zoneOf;
}

async function startSchedulers(ctx: Ctx): Promise<{ none: string; byWeight: Map<number, string> }> {
  const service = await ctx.service();
  const none = await ctx.cluster.startScheduler({ name: 'spread-none', extender: null });
  ctx.after(() => none.stop());
  const byWeight = new Map(WEIGHTS.map((weight) => [weight, `spread-weight-${weight}`]));
  for (const [weight, name] of byWeight) await withScheduler(ctx, service, name, { weight });
  return { none: 'spread-none', byWeight };
}

async function skewOf(
  ctx: Ctx,
  scheduler: string,
  className: string,
  zoneOf: ReadonlyMap<string, string>,
): Promise<Skew> {
  const nodes = await placeReplicas(ctx, { namespace: 'spread', scheduler, replicas: REPLICAS, className });
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
  ctx.figure(`${what}: most on one node`, perNode, `of ${REPLICAS} replicas`);
  ctx.figure(`${what}: zones differ by`, zones, 'replicas');
}

const steered: Case = {
  name: 'steered-among-equals',
  what: 'at weight 1 a Deployment goes to the nodes that can protect it, where spread leaves nodes equal; other pods are not asked about',
  async run(ctx) {
    await addClasses(ctx);
    const good = ['equal-0', 'equal-2', 'equal-4', 'equal-6'];
    for (let index = 0; index < 8; index += 1) {
      const name = `equal-${index}`;
      const load = tierLoad({ cores: CORES, protection: good.includes(name) ? 'enforcing' : 'none' });
      await addNode(ctx, { name, cores: CORES, annotations: { [TIER_LOAD]: load } });
    }
    await withScheduler(ctx, await ctx.service(), 'temper-equal', { weight: 1 });
    await ctx.cluster.addNamespace('equal');
    const place = (scheduler: string) =>
      placeReplicas(ctx, { namespace: 'equal', scheduler, replicas: good.length, className: 'temper-critical' });
    assert.deepEqual((await place('temper-equal')).sort(), good);
  },
};

export const SPREAD_CASES: readonly Case[] = [spread, steered];
