import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../extender/ours.ts';
import { type PodParts, podObject, podView } from './support.ts';

const view = (parts: PodParts) => podView(podObject(parts));

test('pods that are not ours to score, each with its reason', () => {
  const why = (parts: PodParts, schedulerNames: string[] = []) => {
    const claimed = claim(view(parts), { schedulerNames });
    return 'notOurs' in claimed ? claimed.notOurs : null;
  };
  const owner = (kind: string, controller = true) => ({
    metadata: { ownerReferences: [{ kind, name: 'o', controller }] },
  });
  assert.equal(why({}), null);
  assert.equal(why(owner('ReplicaSet')), null);
  assert.equal(why(owner('DaemonSet')), 'daemonset');
  assert.equal(why(owner('DaemonSet', false)), null);
  assert.equal(why(owner('Node')), 'static');
  assert.equal(why({ metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } }), 'static');
  assert.equal(why({ namespace: 'kube-system', spec: { priority: 2_000_000_000 } }), 'system');
  assert.equal(why({}, ['default-scheduler']), 'other-scheduler');
  assert.equal(why({}, ['default-scheduler', 'temper-scheduler']), null);
  assert.equal(why({ spec: { schedulerName: '' } }, ['default-scheduler']), null);
});
