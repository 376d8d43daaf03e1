import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Container, readPod } from '../../src/model/pod.ts';
import { nanoToMilli } from '../../src/model/quantity.ts';
import { allowsPod, leastContainerRequest, readLimitRange } from '../../webhooks/limit-range.ts';
import { fixture, vectors } from '../support/fixtures.ts';
import { ranges } from '../support/webhook.ts';

interface Vector {
  readonly ranges: readonly object[];
  readonly spec: object;
  readonly refused: readonly string[];
}

/** The two ways to refuse a pod for a CPU request that is too small; all else is not of our making. */
const TOO_SMALL = /minimum cpu usage per (Container|Pod) is \S+, but request is|provided ratio is/;

test('the least request is the one that the real LimitRanger takes, in both directions', () => {
  const seen = { allowed: 0, refused: 0 };
  for (const vector of vectors<Vector>('kubernetes/limitranges.jsonl')) {
    const reading = readPod({ metadata: {}, spec: vector.spec });
    assert.ok(reading.ok);
    const { pod } = reading;
    const limits = ranges(vector.ranges);
    const all = [...pod.spec.containers, ...pod.spec.initContainers];
    const asks = all.every(
      (one) => nanoToMilli(one.resources.requests.cpu?.nano ?? 0n) >= leastContainerRequest(limits, one),
    );
    const allowed = asks && allowsPod(limits, pod);
    if (vector.refused.length === 0) {
      assert.ok(allowed, JSON.stringify(vector));
      seen.allowed += 1;
    }
    if (vector.refused.some((text) => TOO_SMALL.test(text))) {
      assert.ok(!allowed, JSON.stringify(vector));
      seen.refused += 1;
    }
  }
  assert.ok(seen.allowed > 100 && seen.refused > 100, JSON.stringify(seen));
});

function container(limit: string): Container {
  const reading = readPod({
    metadata: {},
    spec: { containers: [{ name: 'a', resources: { limits: { cpu: limit } } }] },
  });
  assert.ok(reading.ok);
  const [first] = reading.pod.spec.containers;
  assert.ok(first);
  return first;
}

test('of several LimitRanges the highest minimum and the lowest ratio count', () => {
  const limits = ranges([
    { limits: [{ type: 'Container', min: { cpu: '50m' }, maxLimitRequestRatio: { cpu: '4' } }] },
    { limits: [{ type: 'Container', min: { cpu: '100m' }, maxLimitRequestRatio: { cpu: '10' } }] },
    { limits: [{ type: 'Container', min: { cpu: '60m' }, maxLimitRequestRatio: { cpu: '5' } }] },
  ]);
  assert.equal(leastContainerRequest(limits, container('200m')), 100n);
  assert.equal(leastContainerRequest(limits, container('1')), 250n);
  assert.equal(leastContainerRequest(limits, container('1001m')), 251n);
});

test('where the exact quotient fails by a hair of floating point, one millicore more is asked for', () => {
  const limits = ranges([{ limits: [{ type: 'Container', maxLimitRequestRatio: { cpu: '2015m' } }] }]);
  assert.ok((806 / 400) * 1000 > 2015);
  assert.equal(leastContainerRequest(limits, container('806m')), 401n);
});

test('a recorded LimitRange', () => {
  const [item] = (JSON.parse(fixture('api/limitranges.json')) as { items: unknown[] }).items;
  assert.deepEqual(readLimitRange(item), {
    namespace: 'ranged',
    understood: true,
    container: [{ minMilli: 100n, ratioMilli: 4000n }],
    pod: [{ minMilli: 150n, ratioMilli: undefined }],
  });
});

test('a LimitRange that is not understood keeps its namespace from being scaled', () => {
  const read = (spec: unknown) => readLimitRange({ metadata: { namespace: 'shop' }, spec })?.understood;
  assert.equal(read({ limits: [{ type: 'Container', min: { cpu: 'lots' } }] }), false);
  assert.equal(read({ limits: 'x' }), false);
  assert.equal(read({ limits: [{ type: 'Container', min: { memory: '1Gi' } }] }), true);
  assert.equal(read({}), true);
  assert.equal(readLimitRange({ metadata: {} }), null);
});
