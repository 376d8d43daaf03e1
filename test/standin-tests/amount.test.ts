import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseQuantity } from '../../src/model/quantity.ts';
import { addAmounts, canonicalQuantity, formatAmount, parseAmount, roundUp, toWholeMilli } from '../standin/amount.ts';
import { vectors } from '../support/fixtures.ts';

test('writes every quantity as the API server does', () => {
  const rows = vectors<{ in: string; canonical?: string }>('kubernetes/quantities.jsonl');
  const readable = rows.filter(({ in: text }) => parseQuantity(text) !== null);
  assert.ok(readable.length > 1_000);
  for (const { in: text, canonical } of readable) assert.equal(canonicalQuantity(text), canonical, text);
});

test('a sum keeps the family of its first part that is not zero', () => {
  const [zero, binary, decimal] = ['0', '1Gi', '1G'].map((text) => parseAmount(text) ?? assert.fail());
  assert.ok(zero && binary && decimal);
  assert.equal(addAmounts(zero, binary).format, 'binary');
  assert.equal(addAmounts(decimal, binary).format, 'decimal');
});

test('rounds away from zero', () => {
  assert.equal(roundUp(1_000_001n, 1_000_000n), 2n);
  assert.equal(roundUp(2_000_000n, 1_000_000n), 2n);
  assert.equal(roundUp(-1n, 1_000_000n), -1n);
});

test('a resource of a pod is rounded up to whole thousandths', () => {
  const rounded = ['100500u', '1n', '1.500', '0'].map((text) =>
    formatAmount(toWholeMilli(parseAmount(text) ?? assert.fail())),
  );
  assert.deepEqual(rounded, ['101m', '1m', '1.500', '0']);
});
