import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NodeInfo } from '../../standin/scheduler/cluster-state.ts';
import { feasibleToFind } from '../../standin/scheduler/cycle.ts';
import { demandOf, type Vector } from '../../standin/scheduler/demand.ts';
import { balancedAllocation, leastAllocated } from '../../standin/scheduler/scores.ts';
import { spreadScores } from '../../standin/scheduler/spread.ts';

const GI = 1024 ** 3;
const vector = (cpuMilli: number, memoryBytes: number): Vector => ({ cpuMilli, memoryBytes });

function node(requested: Vector, allocatable = vector(4_000, 10_000), more: Partial<NodeInfo> = {}): NodeInfo {
  return {
    name: 'node',
    labels: {},
    unschedulable: false,
    allocatable,
    maxPods: 110,
    pods: 0,
    requested,
    assumed: requested,
    workloads: new Map(),
    ...more,
  };
}

const asks = (cpuMilli: number, memoryBytes: number) => {
  const requested = vector(cpuMilli, memoryBytes);
  return { requested, assumed: requested };
};

test('LeastAllocated: the share that stays free, CPU and memory alike', () => {
  // CPU (4000 - 3000) * 100 / 4000 = 25, memory (10000 - 5000) * 100 / 10000 = 50, together 37.5.
  assert.equal(leastAllocated(asks(3_000, 5_000), node(vector(0, 0))), 37);
  assert.equal(leastAllocated(asks(0, 0), node(vector(0, 0))), 100);
  assert.equal(leastAllocated(asks(1_000, 5_000), node(vector(3_000, 5_000))), 0);
  assert.equal(leastAllocated(asks(2_000, 0), node(vector(3_000, 0))), 50, 'above the node counts as nothing free');
  assert.equal(
    leastAllocated(asks(1_000, 0), node(vector(0, 0), vector(4_000, 0))),
    75,
    'a resource it lacks is left out',
  );
  assert.equal(leastAllocated(asks(1, 1), node(vector(0, 0), vector(0, 0))), 0);
  const assumed = node(vector(0, 0), vector(4_000, 10_000), { assumed: vector(2_000, 5_000) });
  assert.equal(
    leastAllocated(asks(0, 0), assumed),
    50,
    'what is assumed of the pods there counts, not what they ask for',
  );
  assert.equal(balancedAllocation(asks(1_000, 2_500), assumed), 75, 'for BalancedAllocation it is the other way round');
});

test('BalancedAllocation: 75 where nothing changes, more where CPU and memory come together', () => {
  const empty = node(vector(0, 0), vector(4_000, 4 * GI));
  // Both a quarter: no deviation before or after.
  assert.equal(balancedAllocation(asks(1_000, GI), empty), 75);
  // After: 0.75 and 0.25, deviation 0.25, score 75; before 100: 50 + (50 + 75 - 100) / 2 = 62.5.
  assert.equal(balancedAllocation(asks(3_000, GI), empty), 62);
  // Before: 0.75 and 0.25 (75); after 0.75 and 0.75 (100): 50 + (50 + 25) / 2 = 87.5.
  assert.equal(balancedAllocation(asks(0, 2 * GI), node(vector(3_000, GI), vector(4_000, 4 * GI))), 87);
  assert.equal(balancedAllocation(asks(0, 0), empty), 0, 'a pod that asks for nothing is not scored');
});

test('a container that asks for nothing is assumed to need a little, for LeastAllocated alone', () => {
  const spec = { containers: [{ name: 'a' }, { name: 'b', resources: { requests: { cpu: '1' } } }] };
  const { requested, assumed } = demandOf(spec);
  assert.deepEqual(requested, vector(1_000, 0));
  assert.deepEqual(assumed, vector(1_100, 2 * 200 * 1024 * 1024));
  const level = demandOf({ ...spec, resources: { requests: { cpu: '3' } } });
  assert.equal(level.assumed.cpuMilli, 3_000);
});

test('scores lie between 0 and 100', () => {
  const amount = fc.nat(20_000);
  fc.assert(
    fc.property(amount, amount, amount, amount, amount, amount, (a, b, c, d, e, f) => {
      const there = node(vector(a, b), vector(c, d));
      for (const score of [leastAllocated(asks(e, f), there), balancedAllocation(asks(e, f), there)]) {
        assert.ok(Number.isInteger(score) && score >= 0 && score <= 100, String(score));
      }
    }),
  );
});

function spreadNode(name: string, zone: string | undefined, like: number): NodeInfo {
  const zoneLabel = zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone };
  const labels = { 'kubernetes.io/hostname': name, ...zoneLabel };
  return node(vector(0, 0), vector(1, 1), { name, labels, workloads: new Map([['rs', like]]) });
}

test('spread: the zone with fewer of its like wins, and in it the node with fewer', () => {
  const nodes = [spreadNode('a', 'x', 2), spreadNode('b', 'x', 0), spreadNode('c', 'y', 1), spreadNode('d', 'y', 0)];
  // Host weight ln 6, zone weight ln 4. Zones hold 2 and 1.
  // a: 2 * 1.79 + 2 + 2 * 1.39 + 4 = 12.36; b: 8.77; c: 1.79 + 2 + 1.39 + 4 = 9.18; d: 7.39.
  // Rounded 12, 9, 9, 7; each (12 + 7 - count) * 100 / 12.
  assert.deepEqual(spreadScores('rs', nodes, nodes), [58, 83, 83, 100]);
  assert.deepEqual(spreadScores('other', nodes, nodes), [100, 100, 100, 100]);
});

test('spread: nodes without a zone are spread by hostname alone', () => {
  const nodes = [spreadNode('a', undefined, 1), spreadNode('b', undefined, 0)];
  // a: ln 4 + 2 = 3.39, b: 2.
  assert.deepEqual(spreadScores('rs', nodes, nodes), [66, 100]);
});

test('spread: pods on nodes that are not feasible count for their zone', () => {
  const [a, b, full] = [spreadNode('a', 'x', 0), spreadNode('b', 'y', 0), spreadNode('full', 'x', 5)];
  const [inX = 0, inY = 0] = spreadScores('rs', [a, b], [a, b, full]);
  assert.ok(inX < inY);
});

test('how many feasible nodes are looked for, as kube-scheduler samples', () => {
  assert.deepEqual([1, 99, 100, 500, 1_000, 5_000].map(feasibleToFind), [1, 99, 100, 230, 420, 500]);
});
