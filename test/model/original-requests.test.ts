import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { factorOf } from '../../src/model/factor.ts';
import { ORIGINAL_REQUESTS } from '../../src/model/keys.ts';
import {
  decodeOriginalRequests,
  encodeOriginalRequests,
  MAX_ORIGINAL_REQUESTS_BYTES,
} from '../../src/model/original-requests.ts';
import { originalRequest } from '../../src/model/originals.ts';
import { readPod } from '../../src/model/pod.ts';
import { formatMilli } from '../../src/model/quantity.ts';

const quantity = fc.bigInt({ min: 0n, max: 1_000_000n }).map(formatMilli);
const containerName = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);

test('what is written is read back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.uniqueArray(fc.tuple(containerName, quantity, quantity), { selector: ([name]) => name, maxLength: 40 }),
      (ppm, entries) => {
        const value = {
          factor: ppm / 1_000_000,
          containers: new Map(entries.map(([name, original, scaled]) => [name, { original, scaled }])),
        };
        const reading = decodeOriginalRequests(encodeOriginalRequests(value));
        assert.ok(reading.ok);
        assert.equal(reading.value.factor, value.factor);
        assert.deepEqual(new Map(reading.value.containers), value.containers);
      },
    ),
  );
});

test('the form of the contract', () => {
  const text = '{"v":1,"factor":0.5,"containers":{"app":{"original":"500m","scaled":"250m"}}}';
  const reading = decodeOriginalRequests(text);
  assert.ok(reading.ok);
  assert.equal(encodeOriginalRequests(reading.value), text);
});

test('each refusal says what is wrong', () => {
  const table: Array<[string, string]> = [
    ['', 'not-json'],
    ['{"v":1', 'not-json'],
    ['null', 'invalid'],
    ['[]', 'invalid'],
    ['{"v":2,"factor":0.5,"containers":{}}', 'unknown-version'],
    ['{"v":"1","factor":0.5,"containers":{}}', 'unknown-version'],
    ['{"factor":0.5,"containers":{}}', 'invalid'],
    ['{"v":1,"factor":0,"containers":{}}', 'invalid'],
    ['{"v":1,"factor":1.1,"containers":{}}', 'invalid'],
    ['{"v":1,"factor":0.5,"containers":{"app":{"original":"x","scaled":"1"}}}', 'invalid'],
    ['{"v":1,"factor":0.5,"containers":{"app":{"original":"-1","scaled":"1"}}}', 'invalid'],
    ['{"v":1,"factor":0.5,"containers":{"App":{"original":"1","scaled":"1"}}}', 'invalid'],
    [' '.repeat(MAX_ORIGINAL_REQUESTS_BYTES + 1), 'too-large'],
  ];
  for (const [text, problem] of table) {
    assert.deepEqual(decodeOriginalRequests(text), { ok: false, problem }, text.slice(0, 60));
  }
});

test('a container named __proto__ pollutes nothing', () => {
  decodeOriginalRequests('{"v":1,"factor":0.5,"containers":{"__proto__":{"original":"1","scaled":"1"}}}');
  assert.equal(({} as { original?: string }).original, undefined);
});

const HALF = factorOf(0.25);

function original(annotation: string | undefined, resources: object, tier: 'normal' | 'critical' = 'normal') {
  const annotations = annotation === undefined ? {} : { [ORIGINAL_REQUESTS]: annotation };
  const reading = readPod({ metadata: { annotations }, spec: { containers: [{ name: 'app', resources }] } });
  assert.ok(reading.ok);
  return originalRequest(reading.pod, tier, HALF);
}

const claim = (was: string, scaled: string, name = 'app'): string =>
  encodeOriginalRequests({ factor: 0.5, containers: new Map([[name, { original: was, scaled }]]) });

test('a true annotation gives the original request', () => {
  assert.deepEqual(original(claim('500m', '250m'), { requests: { cpu: '250m' } }), {
    milli: 500,
    scaledMilli: 250,
    disbelieved: null,
  });
});

test('without an annotation the request is the original', () => {
  assert.deepEqual(original(undefined, { requests: { cpu: '250m' } }), {
    milli: 250,
    scaledMilli: 250,
    disbelieved: null,
  });
});

test('a claim that the webhook could not have made does not count, with the reason', () => {
  const request = { requests: { cpu: '250m' } };
  const table: Array<[ReturnType<typeof original>, RegExp]> = [
    [original(claim('500m', '250m'), request, 'critical'), /Critical/],
    [original(claim('500m', '200m'), request), /no longer the scaled one/],
    [original(claim('500m', '250m'), { ...request, limits: { cpu: '400m' } }), /above the limit/],
    [original(claim('64', '250m'), request), /minimum factor/],
    [original(claim('100m', '250m'), request), /below the scaled request/],
    [original(claim('500m', '250m', 'ghost'), request), /ghost has no CPU request/],
    [original('{"v":3}', request), /unknown-version/],
  ];
  for (const [result, reason] of table) {
    assert.equal(result.milli, 250);
    assert.match(result.disbelieved ?? '', reason);
  }
});

test('after an in-place resize the request in the spec counts, up or down', () => {
  for (const cpu of ['300m', '200m']) {
    const { milli, disbelieved } = original(claim('500m', '250m'), { requests: { cpu } });
    assert.equal(milli, Number.parseInt(cpu, 10));
    assert.match(disbelieved ?? '', /no longer the scaled one/);
  }
});
