import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Figures, figuresOf } from '../../demo/figures.ts';
import { latencyOf } from '../../demo/latency.ts';
import { DEFAULTS } from '../../demo/options.ts';
import { jsonReport, textReport } from '../../demo/report.ts';
import type { PodView } from '../../src/model/pod-view.ts';
import { podViewOf } from '../support/pod-view.ts';

const NODES = [
  { name: 'a', cores: 8, threads: 1, reserveCores: 1 },
  { name: 'b', cores: 4, threads: 2, reserveCores: 1 },
];

const pod = (view: Partial<PodView>, useMilli = 100) => ({ view: podViewOf(view), useMilli });

const run = (...pods: Array<ReturnType<typeof pod>>): Figures => figuresOf(NODES, pods);

test('placed, pending, and what was asked for before and after scaling', () => {
  const figures = run(
    pod({ nodeName: 'a', originalMilli: 1000, requestMilli: 700 }, 300),
    pod({ nodeName: 'b', originalMilli: 500, requestMilli: 500 }, 200),
    pod({ nodeName: null, originalMilli: 9000, requestMilli: 9000 }),
    pod({ nodeName: 'a', pinned: 'daemonset', originalMilli: 100, requestMilli: 100 }),
  );
  assert.deepEqual(
    [
      figures.podsPlaced,
      figures.podsPending,
      figures.cpuOriginalMilli,
      figures.cpuRequestedMilli,
      figures.cpuUsedMilli,
    ],
    [2, 1, 1500, 1200, 500],
  );
  assert.equal(figures.cpuCapacityMilli, 12_000);
});

test('a node is demoted where the fence does not fit beside the reserve, in whole cores', () => {
  const critical = (nodeName: string, originalMilli: number) => pod({ nodeName, tier: 'critical', originalMilli });
  assert.equal(run(critical('a', 7000)).nodesDemoted, 0);
  assert.equal(run(critical('a', 7001)).nodesDemoted, 1);
  assert.equal(run(critical('b', 2000)).nodesDemoted, 0);
  assert.equal(run(critical('b', 2001), critical('a', 100)).nodesDemoted, 1, 'two threads a core');
  assert.equal(run(critical('b', 2001), critical('a', 100)).nodesWithCritical, 2);
});

test('the least room is that of the tightest node, below zero where it is short', () => {
  assert.equal(run().leastProtectedRoomPercent, 50);
  assert.equal(run(pod({ nodeName: 'b', tier: 'high', originalMilli: 1000 })).leastProtectedRoomPercent, 25);
  assert.equal(run(pod({ nodeName: 'a', tier: 'critical', originalMilli: 8000 })).leastProtectedRoomPercent, -12);
});

test('a node is overused where its pods use more than it has', () => {
  assert.equal(run(pod({ nodeName: 'b' }, 4000)).nodesOverused, 0);
  assert.equal(run(pod({ nodeName: 'b' }, 4000), pod({ nodeName: 'b' }, 1)).nodesOverused, 1);
});

test('quantiles of latencies', () => {
  assert.deepEqual(latencyOf([]), { count: 0, p50: 0, p99: 0 });
  assert.deepEqual(latencyOf([3, 1, 2]), { count: 3, p50: 2, p99: 3 });
  assert.equal(latencyOf(Array.from({ length: 100 }, (_, index) => index + 1)).p99, 99);
});

const arm = (figures: Figures) => ({
  ...figures,
  latencyMs: { mutate: latencyOf([1]), prioritize: latencyOf([2]) },
  reasons: { scaled: 2 },
  unanswered: 0,
});

test('the report says what is simulated and assumed, in both forms', () => {
  const off = arm(run(pod({ nodeName: 'a' })));
  const on = arm(run(pod({ nodeName: 'a' }), pod({ nodeName: 'b' })));
  const explain = [{ pod: 'shop/web', why: 'a pod', lines: ['because'] }];
  const scene = { steps: [], problem: null };
  const none = { nodes: [], refused: 'setpriv is not to be had' };
  const report = { options: DEFAULTS, off, on, explain, agents: none, scene };
  const text = textReport(report);
  for (const part of ['Simulated:', 'Real:', '--padding', 'pods placed', '+100 %', 'explain shop/web', '  because']) {
    assert.ok(text.includes(part), part);
  }
  assert.ok(!text.includes('no answer in time'));
  assert.match(textReport({ ...report, on: { ...on, unanswered: 3 } }), /^3 calls got no answer in time/m);
  const json = JSON.parse(jsonReport(report)) as Record<string, Record<string, unknown>>;
  for (const key of ['podsPlaced', 'podsPending', 'cpuOriginalMilli', 'cpuRequestedMilli', 'nodesDemoted']) {
    assert.equal(typeof json['off']?.[key], 'number', key);
    assert.equal(typeof json['on']?.[key], 'number', key);
  }
  assert.match(String(json['simulated']), /Simulated.* 40 of 40 agents.*No real agents: setpriv is not to be had\.$/);

  const real = textReport({ ...report, agents: { nodes: ['node-002', 'node-007'], refused: null } });
  assert.match(real, /38 of 40 agents\.\nReal: .*agents of node-002, node-007, .*\n.*a double that schedules nothing/);
});
