import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStaticPod, type Pod, readPod } from '../../src/model/pod.ts';
import { podCpuRequest } from '../../src/model/pod-request.ts';
import { qosClass } from '../../src/model/qos.ts';
import { nanoToMilli } from '../../src/model/quantity.ts';
import { vectors } from '../support/fixtures.ts';

function pod(spec: object, metadata: object = {}): Pod {
  const reading = readPod({ metadata, spec });
  assert.ok(reading.ok, JSON.stringify(spec));
  return reading.pod;
}

const all = vectors<{ spec: object; qos: string; requestMilli: number }>('kubernetes/pods.jsonl');

test('the QoS class is the one Kubernetes computes', () => {
  for (const vector of all) assert.equal(qosClass(pod(vector.spec)), vector.qos, JSON.stringify(vector.spec));
});

test('the effective CPU request is the one the scheduler counts', () => {
  for (const { spec, requestMilli } of all) {
    assert.equal(nanoToMilli(podCpuRequest(pod(spec))), BigInt(requestMilli), JSON.stringify(spec));
  }
});

test('the vectors hold every case: three classes, sidecars, init peaks, overhead, pod level', () => {
  assert.deepEqual([...new Set(all.map(({ qos }) => qos))].sort(), ['BestEffort', 'Burstable', 'Guaranteed']);
  const texts = all.map(({ spec }) => JSON.stringify(spec));
  for (const part of [
    '"restartPolicy":"Always"',
    '"overhead":{"cpu"',
    '"initContainers"',
    '"resources":{"limits":{"cpu"',
  ]) {
    assert.ok(
      texts.some((text) => text.includes(part)),
      part,
    );
  }
});

test('what is not a pod is refused with a path and never with a value', () => {
  const secret = 'hunter2';
  const bad: unknown[] = [
    null,
    [],
    'pod',
    {},
    { metadata: {}, spec: { containers: secret } },
    { metadata: {}, spec: { containers: [{ name: 'a', resources: { requests: { cpu: secret } } }] } },
    { metadata: {}, spec: { containers: [{ name: 'a', resources: { requests: { cpu: '-1' } } }] } },
    { metadata: { annotations: { a: 1 } }, spec: { containers: [] } },
    { metadata: {}, spec: { containers: [], priority: 2 ** 63 } },
  ];
  for (const value of bad) {
    const reading = readPod(value);
    assert.equal(reading.ok, false, JSON.stringify(value));
    if (!reading.ok) assert.doesNotMatch(`${reading.path} ${reading.problem}`, /hunter2/);
  }
});

test('a key named __proto__ stays a key', () => {
  const hostile = JSON.parse(
    '{"metadata":{"annotations":{"__proto__":"x"},"__proto__":{"name":"y"}},"spec":{"containers":[]}}',
  );
  const reading = readPod(hostile);
  assert.equal(({} as { name?: string }).name, undefined);
  if (reading.ok) assert.equal(reading.pod.metadata.name, undefined);
});

test('null stands for absent, as Go writes it', () => {
  const read = pod({ containers: null, priority: null }, { labels: null, annotations: null, ownerReferences: null });
  assert.deepEqual(read.metadata.annotations, {});
  assert.deepEqual(read.spec.containers, []);
});

test('static pods: mirror, file source, owned by a Node', () => {
  const spec = { containers: [] };
  assert.equal(isStaticPod(pod(spec, { annotations: { 'kubernetes.io/config.mirror': 'x' } })), true);
  assert.equal(isStaticPod(pod(spec, { annotations: { 'kubernetes.io/config.source': 'file' } })), true);
  assert.equal(isStaticPod(pod(spec, { annotations: { 'kubernetes.io/config.source': 'api' } })), false);
  assert.equal(isStaticPod(pod(spec, { ownerReferences: [{ kind: 'Node', name: 'n' }] })), true);
  assert.equal(isStaticPod(pod(spec)), false);
});
