import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ORIGINAL_REQUESTS } from '../../src/model/keys.ts';
import { type Decision, decide } from '../../webhooks/decide.ts';
import { facts, policy, review } from '../support/webhook.ts';

const run = (object: unknown, bodyBytes = 3000): Decision =>
  decide({
    review: review(object),
    bodyBytes,
    policy: policy(),
    facts: facts(),
    isRefusedDownstream: () => false,
    now: 0,
  });

const containers = (count: number, cpu = '100m') =>
  Array.from({ length: count }, (_, index) => ({ name: `c${index}`, resources: { requests: { cpu } } }));

test('1,000 containers are scaled like one', () => {
  const { reason, patch } = run({ metadata: {}, spec: { containers: containers(1000) } });
  assert.equal(reason.id, 'scaled');
  assert.equal(patch.length, 1001);
});

test('a record that would not fit is not begun', () => {
  const long = containers(1300).map((one, index) => ({ ...one, name: `${'x'.repeat(58)}${10_000 + index}` }));
  assert.equal(run({ metadata: {}, spec: { containers: long } }).reason.id, 'annotations-full');
});

test('names that are special to JavaScript or to JSON Pointer', () => {
  for (const name of ['__proto__', 'a/b', 'a~b', '', '.', 'A', 'x'.repeat(64), 'é']) {
    const pod = { metadata: {}, spec: { containers: [{ name, resources: { requests: { cpu: '1' } } }] } };
    assert.equal(run(pod).reason.id, 'not-understood', name);
  }
  const named = {
    metadata: {},
    spec: { containers: [{ name: 'constructor', resources: { requests: { cpu: '1' } } }] },
  };
  assert.match(JSON.stringify(run(named).patch), /constructor.*1.*700m/);
  const hostile = JSON.parse(
    `{"metadata":{"annotations":{"__proto__":"x","constructor":"y"},"labels":{"__proto__":"z"}},"spec":{"containers":[{"name":"a","resources":{"requests":{"cpu":"1"}}}]}}`,
  );
  const { patch } = run(hostile);
  assert.deepEqual(patch.map(({ path }) => path).sort(), [
    '/metadata/annotations/temper.codes~1original-requests',
    '/spec/containers/0/resources/requests/cpu',
  ]);
});

test('numbers beyond what Go or we can hold leave the pod alone', () => {
  const withCpu = (cpu: unknown) => ({
    metadata: {},
    spec: { containers: [{ name: 'a', resources: { requests: { cpu } } }] },
  });
  for (const cpu of ['9223372036854775808', '1e30', 1e300, -1, '-1', Number.NaN, true, [], {}]) {
    assert.equal(run(withCpu(cpu)).patch.length, 0, String(cpu));
  }
  for (const priority of [2 ** 31, -(2 ** 31) - 1, 1e308, 0.5, '0']) {
    assert.equal(
      run({ metadata: {}, spec: { priority, containers: [] } }).reason.id,
      'not-understood',
      String(priority),
    );
  }
  // Legal, and far beyond any node: exact all the same.
  assert.equal(run(withCpu('9007199254740993m')).patch.length, 0);
  assert.equal(run(withCpu('1k')).containers[0]?.scaledMilli, 700_000n);
});

test('a forged record of any size or shape is replaced by the truth', () => {
  const forged = [
    '{"v":1,"factor":1e-9,"containers":{"app":{"original":"9E","scaled":"1m"}}}',
    `{"v":1,"factor":0.5,"containers":{${'"a":{"original":"1","scaled":"1"},'.repeat(2000)}"app":{"original":"64","scaled":"1"}}}`,
    '[]',
    '\u0000',
    'x'.repeat(200_000),
  ];
  for (const text of forged) {
    const pod = {
      metadata: { annotations: { [ORIGINAL_REQUESTS]: text } },
      spec: { containers: [{ name: 'app', resources: { requests: { cpu: '1' }, limits: { cpu: '1200m' } } }] },
    };
    const {
      patch,
      containers: [app],
    } = run(pod);
    const annotation = patch.find(({ path }) => path.startsWith('/metadata'));
    assert.ok(annotation?.op === 'add', text.slice(0, 60));
    assert.ok((app?.originalMilli ?? 0n) <= 1200n);
    assert.ok(String(annotation.value).length < 200);
  }
});

test('a pod near the largest object the API server stores is not made larger', () => {
  assert.equal(run({ metadata: {}, spec: { containers: containers(1) } }, 1_048_577).reason.id, 'too-large');
});
