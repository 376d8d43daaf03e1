import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPod } from '../../src/model/pod.ts';
import { workloadOf } from '../../src/model/workload.ts';

function workload(metadata: object) {
  const reading = readPod({ metadata, spec: { containers: [] } });
  assert.ok(reading.ok);
  return workloadOf(reading.pod);
}

const owned = (kind: string, name: string, labels: object = {}) =>
  workload({ labels, ownerReferences: [{ kind, name, uid: 'u', controller: true }] });

test('a ReplicaSet goes by what made it', () => {
  assert.deepEqual(owned('ReplicaSet', 'web-55c6f96995', { 'pod-template-hash': '55c6f96995' }), {
    kind: 'Deployment',
    name: 'web',
  });
  assert.deepEqual(owned('ReplicaSet', 'web-abc', { 'rollouts-pod-template-hash': 'abc' }), {
    kind: 'Rollout',
    name: 'web',
  });
  assert.deepEqual(owned('ReplicaSet', 'web'), { kind: 'ReplicaSet', name: 'web' });
});

test('a label that does not fit the name proves nothing', () => {
  for (const hash of ['', 'other', 'web-abc', '-abc']) {
    assert.deepEqual(
      owned('ReplicaSet', 'web-abc', { 'pod-template-hash': hash }),
      { kind: 'ReplicaSet', name: 'web-abc' },
      hash,
    );
  }
});

test('any other controller is the workload; an owner that does not control is not', () => {
  assert.deepEqual(owned('StatefulSet', 'db'), { kind: 'StatefulSet', name: 'db' });
  assert.deepEqual(workload({ name: 'one', ownerReferences: [{ kind: 'Thing', name: 't', uid: 'u' }] }), {
    kind: 'Pod',
    name: 'one',
  });
  assert.deepEqual(workload({ generateName: 'one-' }), { kind: 'Pod', name: 'one-' });
});
