import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPod } from '../../src/model/pod.ts';
import type { Decision } from '../../webhooks/decide.ts';
import { DecisionLog } from '../../webhooks/decision-log.ts';
import type { ReasonId } from '../../webhooks/reasons.ts';
import { podViewOf } from '../support/pod-view.ts';
import { review } from '../support/webhook.ts';

function decision(id: ReasonId, metadata: object): Decision {
  const reading = readPod({ metadata, spec: { containers: [] } });
  assert.ok(reading.ok);
  return { outcome: 'patched', reason: { id }, patch: [], containers: [], pod: reading.pod };
}

const template = {
  generateName: 'web-abc-',
  ownerReferences: [{ kind: 'ReplicaSet', name: 'web-abc', uid: 'rs', controller: true }],
};
const fromReplicaSet = (name: string, createdAt: number) =>
  podViewOf({ name, generateName: 'web-abc-', controllerUid: 'rs', createdAt });

test('a named pod is found at once', () => {
  const log = new DecisionLog();
  log.add(review({}, { uid: 'a', name: 'web' }), decision('scaled', { name: 'web' }), 0);
  assert.equal(log.find('shop', 'web')?.uid, 'a');
  assert.equal(log.find('other', 'web'), undefined);
});

test('pods of a controller are joined when the watch shows them, each to a decision of its own, oldest first', () => {
  const log = new DecisionLog();
  log.add(review({}, { uid: 'a' }), decision('scaled', template), 1000);
  log.add(review({}, { uid: 'b' }), decision('cpu-hpa', template), 2000);
  assert.equal(log.find('shop', 'web-abc-1'), undefined);
  log.seen(fromReplicaSet('web-abc-1', 1000));
  log.seen(fromReplicaSet('web-abc-1', 1000));
  log.seen(fromReplicaSet('web-abc-2', 2000));
  assert.deepEqual([log.find('shop', 'web-abc-1')?.uid, log.find('shop', 'web-abc-2')?.uid], ['a', 'b']);
});

test('a pod of another time or another controller is not joined', () => {
  const log = new DecisionLog();
  log.add(review({}, { uid: 'a' }), decision('scaled', template), 1_000_000);
  log.seen(fromReplicaSet('old', 1_000_000 - 61_000));
  log.seen({ ...fromReplicaSet('foreign', 1_000_000), controllerUid: 'other' });
  assert.equal(log.find('shop', 'old'), undefined);
  assert.equal(log.find('shop', 'foreign'), undefined);
});

test('a reinvocation that found everything done does not displace what was done', () => {
  const log = new DecisionLog();
  log.add(review({}, { uid: 'a' }), decision('scaled', template), 0);
  log.add(review({}, { uid: 'b' }), decision('already-scaled', template), 5);
  log.seen(fromReplicaSet('web-abc-1', 0));
  log.seen(fromReplicaSet('web-abc-2', 0));
  assert.equal(log.find('shop', 'web-abc-1')?.uid, 'a');
  assert.equal(log.find('shop', 'web-abc-2'), undefined);
});

test('bounded: the oldest decisions are forgotten, joined or not', () => {
  const log = new DecisionLog();
  log.add(review({}, { uid: 'a', name: 'first' }), decision('scaled', { name: 'first' }), 0);
  log.add(review({}, { uid: 'b' }), decision('scaled', template), 0);
  for (let index = 0; index < 5000; index += 1) {
    log.add(review({}, { uid: `n${index}`, name: `n${index}` }), decision('scaled', { name: `n${index}` }), 0);
  }
  log.seen(fromReplicaSet('web-abc-1', 0));
  assert.equal(log.find('shop', 'first'), undefined);
  assert.equal(log.find('shop', 'web-abc-1'), undefined);
  assert.equal(log.find('shop', 'n4999')?.uid, 'n4999');
});
