import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeContinue, encodeContinue } from '../../standin/api/continue-token.ts';
import { DecodeError, decode } from '../../standin/api/decode.ts';
import { parseFieldSelector } from '../../standin/api/field-selector.ts';
import { mergePatch } from '../../standin/api/merge-patch.ts';
import type { PodObject } from '../../standin/api/objects.ts';
import { generatedName, randomUid } from '../../standin/api/random-names.ts';
import { LIMIT_RANGES, NODES, PODS } from '../../standin/api/resources.ts';
import { seeded } from '../../standin/seeded.ts';
import { fixture } from '../../support/fixtures.ts';
import { podBody, refusal } from '../helpers.ts';

test('a continue token comes back as it went', () => {
  fc.assert(
    fc.property(
      fc.nat().map((n) => n + 1),
      fc.stringMatching(/^[a-z0-9./-]{1,60}$/),
      (version, after) => {
        assert.deepEqual(decodeContinue(encodeContinue({ version, after: `x${after}` })), {
          version,
          after: `x${after}`,
        });
      },
    ),
  );
});

test('a recorded continue token is understood', () => {
  const { metadata } = JSON.parse(fixture('api/pods-page1.json')) as { metadata: { continue: string } };
  const token = decodeContinue(metadata.continue);
  assert.equal(token.version, 693);
  assert.match(token.after, /^ds-/);
  assert.equal(encodeContinue(token), metadata.continue);
});

test('a broken continue token is refused in the words of the real server', async () => {
  const recorded = fixture('api/bad-continue.http');
  const expected: unknown = JSON.parse(recorded.slice(recorded.indexOf('{')));
  assert.deepEqual(await refusal(() => decodeContinue('oops!')), expected);
});

test('every other text is refused as a token, too', async () => {
  for (const text of ['x', 'bm90IGpzb24', 'e30', encodeContinue({ version: 0, after: 'a' })]) {
    assert.equal((await refusal(() => decodeContinue(text))).code, 400, text);
  }
});

test('merge patch: the cases of RFC 7386', () => {
  const cases: Array<[target: unknown, patch: unknown, result: unknown]> = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, result] of cases) assert.deepEqual(mergePatch(target, patch), result);
});

test('merge patch: hostile keys are keys like any other', () => {
  const patched = mergePatch({}, JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'));
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  assert.deepEqual(Object.keys(patched as object), ['__proto__', 'constructor']);
  assert.equal(Object.getPrototypeOf(patched), Object.prototype);
});

test('field selectors: equal, unequal, several at once', () => {
  const pod = (phase: string, nodeName?: string) =>
    ({ metadata: { name: 'a', namespace: 'n' }, spec: { containers: [], nodeName }, status: { phase } }) as PodObject;
  const running = parseFieldSelector('pods', 'status.phase!=Succeeded,status.phase!=Failed');
  assert.deepEqual(
    ['Pending', 'Running', 'Succeeded', 'Failed'].map((phase) => running.matches(pod(phase))),
    [true, true, false, false],
  );
  const onNode = parseFieldSelector('pods', 'spec.nodeName=x');
  assert.deepEqual([onNode.matches(pod('Running', 'x')), onNode.matches(pod('Pending'))], [true, false]);
  assert.ok(parseFieldSelector('pods', 'spec.nodeName==').matches(pod('Pending')));
  assert.ok(parseFieldSelector('nodes', '').isEmpty);
});

test('field selectors: unknown fields are refused', async () => {
  assert.match((await refusal(() => parseFieldSelector('nodes', 'spec.nodeName=x'))).message ?? '', /not supported/);
  assert.equal((await refusal(() => parseFieldSelector('pods', 'spec.nodeName'))).code, 400);
});

test('decoding: null is absent, quantities become canonical, CPU whole thousandths', () => {
  const body = {
    metadata: { name: 'a', creationTimestamp: null, labels: null },
    ...{ spec: podBody({}, { requests: { cpu: 1, memory: '1024Mi' }, limits: { cpu: '1500.5m' } }).spec },
  };
  const pod = decode(PODS, body) as PodObject;
  assert.deepEqual(pod.metadata, { name: 'a' });
  assert.deepEqual(pod.spec.containers[0]?.resources, {
    requests: { cpu: '1', memory: '1Gi' },
    limits: { cpu: '1501m' },
  });
});

test('decoding: what Go leaves out when it is empty is absent', () => {
  const spec = { ...podBody({}, { requests: {} }).spec, initContainers: [], tolerations: [], volumes: [] };
  const pod = decode(PODS, { metadata: { name: 'a', labels: {}, annotations: {} }, spec }) as PodObject;
  assert.deepEqual(pod.metadata, { name: 'a' });
  assert.deepEqual(Object.keys(pod.spec), ['containers']);
  assert.deepEqual(pod.spec.containers[0]?.resources, {});
  assert.deepEqual(decode(LIMIT_RANGES, { metadata: {}, spec: { limits: [] } })['spec'], { limits: [] });
});

test('decoding: a node keeps fractions of a thousandth', () => {
  const node = decode(NODES, { metadata: { name: 'a' }, status: { capacity: { cpu: '100500u' } } });
  assert.deepEqual(node['status'], { capacity: { cpu: '100500u' } });
});

test('decoding refuses other kinds, wrong types and what is no quantity', () => {
  const bodies = [
    null,
    [],
    'pod',
    { kind: 'Node', metadata: { name: 'a' }, spec: { containers: [] } },
    { apiVersion: 'v2', metadata: {}, spec: { containers: [] } },
    { metadata: { name: 1 }, spec: { containers: [] } },
    { metadata: { labels: JSON.parse('{"__proto__":[]}') }, spec: { containers: [] } },
    { metadata: {}, spec: { containers: 'app' } },
    podBody({ name: 'a' }, { requests: { cpu: 'much' } }),
    podBody({ name: 'a' }, { requests: { cpu: '1e20' } }),
  ];
  for (const body of bodies) assert.throws(() => decode(PODS, body), DecodeError, JSON.stringify(body));
});

test('generated names fit and uids look like version 4', () => {
  const random = seeded(3);
  assert.match(generatedName('web-', random), /^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  assert.equal(generatedName('x'.repeat(80), random).length, 63);
  assert.match(randomUid(random), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(randomUid(seeded(5)), randomUid(seeded(5)));
});
