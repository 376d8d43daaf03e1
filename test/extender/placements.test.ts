import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_PLACEMENTS, Placements, type ScoredAnswer } from '../../extender/placements.ts';
import { NOW, podObject, podView } from './support.ts';

const answer = (preferred: readonly string[] | null): ScoredAnswer => ({
  candidates: 3,
  unknown: 0,
  heldBack: 0,
  best: null,
  runnerUp: null,
  preferred,
});
const pod = (uid: string) => podView(podObject({ uid }));

test('where a pod went, and whether that was what we preferred', () => {
  const placements = new Placements();
  placements.record(pod('u'), NOW, answer(['a', 'b']));
  assert.equal(placements.get('u')?.binding, null);
  assert.equal(placements.bound('u', 'b', NOW + 1)?.binding?.firstChoice, true);
  assert.equal(placements.bound('u', 'c', NOW + 1)?.binding?.firstChoice, false);
  assert.deepEqual(placements.get('u')?.binding, { node: 'c', at: NOW + 1, firstChoice: false });
});

test('no preference is neither right nor wrong', () => {
  const placements = new Placements();
  placements.record(pod('u'), NOW, answer(null));
  assert.equal(placements.bound('u', 'b', NOW)?.binding?.firstChoice, null);
  placements.record(pod('v'), NOW, { notOurs: 'daemonset' });
  assert.equal(placements.bound('v', 'b', NOW)?.binding?.firstChoice, null);
  assert.equal(placements.bound('never asked', 'b', NOW), undefined);
});

test('bounded: the pod asked for longest ago goes first', () => {
  const placements = new Placements();
  placements.record(pod('u0'), NOW, answer(null));
  placements.record(pod('u1'), NOW, answer(null));
  placements.record(pod('u0'), NOW + 1, answer(null));
  for (let index = 2; index < MAX_PLACEMENTS; index += 1) placements.record(pod(`u${index}`), NOW, answer(null));
  assert.equal(placements.size, MAX_PLACEMENTS);
  placements.record(pod('one more'), NOW + 2, answer(null));
  assert.equal(placements.size, MAX_PLACEMENTS);
  assert.equal(placements.get('u0')?.askedAt, NOW + 1);
  assert.equal(placements.get('u1'), undefined);
});

test('a pod without a uid cannot be found again and is not kept', () => {
  const placements = new Placements();
  placements.record(pod(''), NOW, answer(null));
  assert.equal(placements.size, 0);
});
