import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson, hashOf } from '../../../agent/layers/canonical.ts';

test('the order of keys does not matter, the order of lists does', () => {
  assert.equal(canonicalJson({ b: 1, a: { d: [2, null], c: 'x' } }), '{"a":{"c":"x","d":[2,null]},"b":1}');
  assert.equal(hashOf({ a: 1, b: 2 }), hashOf({ b: 2, a: 1 }));
  assert.notEqual(hashOf([1, 2]), hashOf([2, 1]));
  assert.match(hashOf({}), /^[0-9a-f]{64}$/);
});

test('cgroup ids are exact beyond what a number holds', () => {
  assert.equal(canonicalJson([9_007_199_254_740_993n]), '["9007199254740993"]');
});

test('it is JSON that says the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});
