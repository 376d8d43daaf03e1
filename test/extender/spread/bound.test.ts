// What the extender does to the spread of a Deployment's replicas, whatever its weight: the whole extender, on the stand-in's
// model of kube-scheduler's PodTopologySpread.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Tier } from '../../../src/model/tier.ts';
import type { NodeInfo } from '../../standin/scheduler/cluster-state.ts';
import { spreadScores } from '../../standin/scheduler/spread.ts';
import { seeded } from '../../standin/seeded.ts';
import { type PodParts, type Rig, rig, tierLoad } from '../support.ts';

const SPREAD_WEIGHT = 2;
/** `MaxNodeScore / MaxExtenderPriority` of kube-scheduler. */
const SCALE = 10;

interface Node {
  readonly zone: string | null;
  readonly milli: number;
  readonly protection: 'enforcing' | 'none' | null;
}

interface Placing {
  readonly nodes: readonly Node[];
  readonly tier: Tier;
  readonly replicas: number;
  readonly weight: number;
  readonly seed: number;
  /** The watch shows every so-manieth binding at once, the others after five more pods. */
  readonly shown: number;
}

const DEPLOYMENT = {
  ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs', controller: true }],
};

type Zones = ReadonlyArray<string | null>;

const nodes = (protections: ReadonlyArray<Node['protection']>, zones: Zones): fc.Arbitrary<Node[]> => {
  const node = fc.record({
    zone: fc.constantFrom(...zones),
    milli: fc.constantFrom(0, 1000, 2500, 4000, 5500),
    protection: fc.constantFrom(...protections),
  });
  return fc.array(node, { minLength: 2, maxLength: 14 });
};

const placing = (
  tiers: readonly Tier[],
  protections: ReadonlyArray<Node['protection']>,
  zones: Zones = ['a', 'b', 'c', null],
): fc.Arbitrary<Placing> =>
  fc.record({
    nodes: nodes(protections, zones),
    tier: fc.constantFrom(...tiers),
    replicas: fc.integer({ min: 1, max: 50 }),
    weight: fc.constantFrom(1, 1, 2, 5, 20),
    seed: fc.nat(),
    shown: fc.integer({ min: 1, max: 4 }),
  });

interface Placed {
  /** The number of replicas on each node. */
  readonly counts: readonly number[];
  /** How many went to a node that spread alone would not have chosen. */
  readonly against: number;
}

function place({ nodes, tier, replicas, weight, seed, shown }: Placing, rigged: Rig | null): Placed {
  const random = seeded(seed);
  const infos = nodes.map(infoOf);
  const names = infos.map(({ name }) => name);
  const late: PodParts[] = [];
  let against = 0;
  for (let index = 0; index < replicas; index += 1) {
    const pod: PodParts = { uid: `u-${seed}-${index}`, tier, cpu: '20m', metadata: DEPLOYMENT };
    const ours = rigged?.ask(pod, names);
    const spread = spreadScores('rs', infos, infos).map((score) => score * SPREAD_WEIGHT);
    const totals = spread.map((score, at) => score + (ours?.get(names[at] ?? '') ?? 0) * weight * SCALE);
    const best = Math.max(...totals);
    const tied = infos.flatMap((info, at) => (totals[at] === best ? [{ info, score: spread[at] ?? 0 }] : []));
    const chosen = tied[Math.floor(random() * tied.length)];
    assert.ok(chosen !== undefined);
    const { workloads, name: node } = chosen.info;
    if (chosen.score < Math.max(...spread)) against += 1;
    workloads.set('rs', (workloads.get('rs') ?? 0) + 1);
    if (index % shown === 0) rigged?.show({ ...pod, node });
    else late.push({ ...pod, node });
    if (late.length > 5) for (const one of late.splice(0)) rigged?.show(one);
  }
  return { counts: infos.map(({ workloads }) => workloads.get('rs') ?? 0), against };
}

type Info = NodeInfo & { readonly workloads: Map<string, number> };

/** As far as spread looks at a node. */
function infoOf({ zone }: Node, index: number): Info {
  const name = `node-${index}`;
  const labels = { 'kubernetes.io/hostname': name, ...(zone !== null && { 'topology.kubernetes.io/zone': zone }) };
  return { name, labels, workloads: new Map() } as unknown as Info;
}

function reported(nodes: readonly Node[]): Rig {
  const rigged = rig();
  for (const [index, { zone, milli, protection }] of nodes.entries()) {
    const load = protection === null ? null : tierLoad({ protection, requests: { high: milli } });
    rigged.report(`node-${index}`, load, { zone });
  }
  return rigged;
}

const withTemper = (one: Placing): Placed => place(one, reported(one.nodes));

/** The most replicas on a node without temper: ties are broken at random, so the worst of several. */
function mostWithout(one: Placing): number {
  const runs = Array.from({ length: 6 }, (_, more) => place({ ...one, seed: one.seed + more }, null));
  return Math.max(...runs.flatMap(({ counts }) => counts));
}

test('each replica goes where spread alone could have put it: nodes of which nothing is known for Normal and batch', () => {
  fc.assert(
    fc.property(placing(['normal', 'low', 'background'], ['enforcing', 'none', null]), (one) => {
      assert.equal(withTemper(one).against, 0);
    }),
    { numRuns: 500 },
  );
});

test('each replica goes where spread alone could have put it: nodes with protection and room for Critical and High', () => {
  fc.assert(
    fc.property(placing(['critical', 'high'], ['enforcing']), (one) => {
      assert.equal(withTemper(one).against, 0);
    }),
    { numRuns: 500 },
  );
});

test('to be protected is worth one replica more on a node, and no more', () => {
  let worth = 0;
  fc.assert(
    fc.property(placing(['critical', 'high'], ['enforcing', 'none', null], ['a', 'b', 'c']), (one) => {
      const { counts, against } = withTemper(one);
      worth += against;
      assert.ok(Math.max(...counts) <= mostWithout(one) + 1);
    }),
    { numRuns: 500 },
  );
  assert.ok(worth > 0);
});
