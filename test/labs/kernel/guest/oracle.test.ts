import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuMax, kubeletWeight, runcWeight } from './cpu-files.ts';
import { judge, layersFor, layersOf, parseThreads, type ThreadTruth } from './oracle.ts';
import { percentiles } from './probe.ts';

const POD = 'kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1_2.slice';
const PODS = [{ path: POD, layers: ['high'] }];
const NAMES = new Map([
  [0, 'high'],
  [1, 'host'],
  [2, 'normal'],
]);

function thread(parts: Partial<ThreadTruth>): ThreadTruth {
  return {
    tid: 7,
    pid: 7,
    isKernel: false,
    isRealTime: false,
    layer: 0,
    runNs: 1n,
    cgroup: `${POD}/scope`,
    comm: 'app',
    ...parts,
  };
}

test('a thread belongs by its cgroup, unknown pods never to the host', () => {
  const of = (cgroup: string, isKernel = false) => layersFor({ cgroup, isKernel }, PODS);
  assert.deepEqual(of(`${POD}/cri-containerd-x.scope`), ['high']);
  assert.deepEqual(of(`${POD}x`), ['normal'], 'a name that only begins so is another pod');
  assert.deepEqual(of('kubepods/besteffort/podx/c'), ['background']);
  assert.deepEqual(of('kubepods/podx/c'), ['normal']);
  assert.deepEqual(of('system.slice/containerd.service'), ['host']);
  assert.deepEqual(of('system.slicex'), ['rest']);
  assert.deepEqual(of('', true), ['host']);
  assert.deepEqual(of(''), ['rest']);
});

test('only what ran between the looks is judged, and what ran without a layer is wrong', () => {
  const before = [1, 2, 3, 4, 5, 7, 8].map((tid) => thread({ tid }));
  const after = [
    thread({ tid: 1, runNs: 2n }),
    thread({ tid: 2, runNs: 2n, layer: 2 }),
    thread({ tid: 3, layer: null }),
    thread({ tid: 4, layer: null, runNs: 2n }),
    thread({ tid: 5, runNs: 2n, layer: 2, cgroup: 'user.slice' }),
    thread({ tid: 6, layer: 2 }),
    thread({ tid: 7, runNs: 2n, layer: null, isRealTime: true }),
    thread({ tid: 8, layer: 1 }),
  ];
  const { judged, waiting, outdated, wrong } = judge(before, after, NAMES, PODS);
  assert.deepEqual([judged.length, waiting], [3, 2]);
  assert.deepEqual(
    outdated.map(({ thread: { tid }, got }) => [tid, got]),
    [[8, 'host']],
    'what sleeps in a layer of before is told, and is no fault',
  );
  assert.deepEqual(
    wrong.map(({ thread: { tid }, got }) => [tid, got]),
    [
      [2, 'normal'],
      [4, 'none'],
    ],
  );
});

test('the lines of layer-of', () => {
  const [known, none, unreadable] = parseThreads('1 1 u 3 55 /a/b x y\n2 2 k - 0 / kthreadd\n3 3 u ? 9 /c z\n');
  const kind = { isKernel: false, isRealTime: false };
  assert.deepEqual(known, { tid: 1, pid: 1, ...kind, layer: 3, runNs: 55n, cgroup: 'a/b', comm: 'x y' });
  assert.deepEqual([none?.layer, none?.isKernel, none?.cgroup], [null, true, '']);
  assert.equal(unreadable?.layer, undefined);
  assert.throws(() => parseThreads('what'), /layer-of printed/);
});

test('CPU files as a real kubelet and runc wrote them', () => {
  assert.deepEqual([kubeletWeight(500), runcWeight(500)], [20, 59]);
  assert.equal(kubeletWeight(0), 1);
  assert.equal(cpuMax(500), '50000 100000');
});

test('the layers of a tier', () => {
  assert.deepEqual(layersOf('critical', 'burstable', false, 'prefixes'), ['critical-fenced']);
  assert.deepEqual(layersOf('critical', 'burstable', true, 'prefixes'), ['critical']);
  assert.deepEqual(layersOf('normal', 'besteffort', false, 'prefixes'), ['normal-besteffort']);
  assert.deepEqual(layersOf('normal', 'besteffort', false, 'members'), ['normal']);
  assert.deepEqual(layersOf('background', 'besteffort', false, 'prefixes'), ['background']);
});

test('percentiles of a stretch of time', () => {
  const samples = Array.from({ length: 100 }, (_, at): [number, number] => [at * 10, (at + 1) * 1_000]);
  const report = { name: 'probe', mode: 'sleeper', pid: 1, seconds: 1, units: 0, cpuSeconds: 0, dropped: 0, samples };
  assert.deepEqual(percentiles(report), { samples: 100, p50: 51, p99: 100, worst: 100 });
  assert.deepEqual(percentiles(report, 0, 100), { samples: 10, p50: 6, p99: 10, worst: 10 });
  assert.equal(percentiles(report, 5_000), null);
});
