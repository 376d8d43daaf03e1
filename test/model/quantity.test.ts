import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatMilli, NANO_PER_MILLI, nanoToMilli, parseQuantity } from '../../src/model/quantity.ts';
import { vectors } from '../support/fixtures.ts';

interface QuantityVector {
  readonly in: string;
  readonly nano?: string;
  readonly milli?: number;
}

const MAX_NANO = ((1n << 63n) - 1n) * 1_000_000_000n;
const all = vectors<QuantityVector>('kubernetes/quantities.jsonl');

/** Go reads a number without a digit (`.`, `+`, `m`) as zero; the documented grammar does not allow it, nor do we. */
const hasDigit = (text: string): boolean => /\d/.test(text.replace(/[eE].*$/, ''));

test('reads what Kubernetes reads, to the billionth', () => {
  for (const vector of all) {
    if (vector.nano === undefined || !hasDigit(vector.in)) continue;
    const expected = BigInt(vector.nano);
    const inRange = expected <= MAX_NANO && expected >= -MAX_NANO;
    assert.equal(parseQuantity(vector.in), inRange ? expected : null, vector.in);
  }
});

test('refuses what Kubernetes refuses, and a number without a digit', () => {
  for (const vector of all) {
    if (vector.nano === undefined || !hasDigit(vector.in)) assert.equal(parseQuantity(vector.in), null, vector.in);
  }
});

test('rounds up to millicores as Quantity.MilliValue does', () => {
  for (const vector of all) {
    const nano = parseQuantity(vector.in);
    if (nano === null || nano < 0n || vector.milli === undefined || !Number.isSafeInteger(vector.milli)) continue;
    assert.equal(nanoToMilli(nano), BigInt(vector.milli), vector.in);
  }
});

test('a sum of equal forms is one value: 1500m, 1.5, 1500e-3 and 15e-1', () => {
  for (const text of ['1500m', '1.5', '1500e-3', '15E-1', '+1.50', '01.5'])
    assert.equal(parseQuantity(text), 1_500_000_000n, text);
});

test('millicores survive being written and read', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 1n << 53n }), (milli) => {
      assert.equal(parseQuantity(formatMilli(milli)), milli * NANO_PER_MILLI);
    }),
  );
});

test('writes the canonical form: no fraction, the largest suffix', () => {
  const canonical = [0n, 1n, 250n, 1000n, 1500n, 2000n, 1_000_000n, 1_500_000n].map(formatMilli);
  assert.deepEqual(canonical, ['0', '1m', '250m', '1', '1500m', '2', '1k', '1500']);
});

test('any text gives a value in range or null, and never throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[+-]?[0-9.]{0,40}[eE]?[-+0-9numkMGTPEi]{0,12}$/)), (text) => {
      const nano = parseQuantity(text);
      assert.ok(nano === null || (nano <= MAX_NANO && nano >= -MAX_NANO));
    }),
    { numRuns: 2000 },
  );
});

test('a hostile exponent or length costs nothing', () => {
  assert.equal(parseQuantity('1e999999999999'), null);
  assert.equal(parseQuantity('1e-999999999999'), 1n);
  assert.equal(parseQuantity('0e999999999999'), 0n);
  assert.equal(parseQuantity('9'.repeat(1_000_000)), null);
});
