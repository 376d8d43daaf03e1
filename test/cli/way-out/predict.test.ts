import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HeldPod, predict, type Room } from '../../../src/cli/way-out/predict.ts';

const pod = (more: Partial<HeldPod> = {}): HeldPod => ({
  namespace: 'shop',
  node: 'n1',
  priority: 0,
  originalMilli: 1000,
  requestMilli: 500,
  ...more,
});
const stays = (milli: number, node = 'n1'): HeldPod => pod({ node, originalMilli: milli, requestMilli: milli });
const node = (name: string, milli: number, taints: string | null = ''): Room => ({ name, milli, taints });
const lost = (...given: Parameters<typeof predict>): [refused: number, pending: number] => {
  const { most } = predict(...given);
  return [most.refused, most.pending];
};

test('what has no room beside the pods that stay would stay Pending', () => {
  const pods = [...Array(5)].map(() => pod());
  assert.deepEqual(lost(pods, [node('n1', 5000)], []), [0, 0]);
  assert.deepEqual(lost(pods, [node('n1', 4999)], []), [0, 1]);
  assert.deepEqual(lost([...pods, stays(1000)], [node('n1', 5000)], []), [0, 1]);
  assert.deepEqual(lost(pods, [node('n1', 2500), node('n2', 2500)], []), [0, 1], 'half a pod on each node is none');
});

test('what a quota refuses takes no room on a node; the tightest one counts, and only in its namespace', () => {
  const pods = [pod(), pod(), pod({ namespace: 'other' }), stays(300)];
  const quotas = [
    { namespace: 'shop', hardMilli: 2299 },
    { namespace: 'shop', hardMilli: 9000 },
  ];
  assert.deepEqual(lost(pods, [node('n1', 2300)], quotas), [1, 0]);
  assert.deepEqual(lost(pods, [node('n1', 2299)], quotas), [1, 1]);
});

test('a node with taints takes those that were on one like it; one that is closed takes none', () => {
  const pods = [pod({ node: 'gpu-1' }), pod({ node: 'gpu-1' }), pod()];
  const gpu = [node('gpu-1', 1000, 'gpu=:NoSchedule'), node('gpu-2', 1000, 'gpu=:NoSchedule')];
  assert.deepEqual(lost(pods, [...gpu, node('n1', 1000)], []), [0, 0]);
  assert.deepEqual(lost([...pods, pod()], [...gpu, node('n1', 1000)], []), [0, 1]);
  assert.deepEqual(lost(pods, [...gpu, node('n1', 1000, null)], []), [0, 1]);
});

test('the highest priority first; among equals it depends on who comes first', () => {
  const small = [...Array(3)].map(() => pod({ originalMilli: 600 }));
  const large = pod({ originalMilli: 1800 });
  const ends = (pods: HeldPod[]): number[] => {
    const { least, most } = predict(pods, [node('n1', 1800)], []);
    return [least.pending, most.pending];
  };
  assert.deepEqual(ends([large, ...small]), [1, 3]);
  assert.deepEqual(ends([...small, large]), [1, 3]);
  assert.deepEqual(ends([{ ...large, priority: 1 }, ...small]), [3, 3]);
  assert.deepEqual(ends([large, ...small.map((one) => ({ ...one, priority: 1 }))]), [1, 1]);
});

test('what is taken off pods is the debt', () => {
  const { scaledPods, debtMilli } = predict([pod(), pod({ originalMilli: 750 }), stays(100)], [node('n1', 9000)], []);
  assert.deepEqual([scaledPods, debtMilli], [2, 750]);
  const none = { refused: 0, pending: 0 };
  assert.deepEqual(predict([], [], []), { scaledPods: 0, debtMilli: 0, least: none, most: none });
});
