import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { factorToNumber, parseFactor, scaleUp, unscale } from '../../src/model/factor.ts';

test('reads decimals in (0, 1] and nothing else', () => {
  assert.equal(parseFactor('0.5'), 500_000n);
  assert.equal(parseFactor('.25'), 250_000n);
  assert.equal(parseFactor('1'), 1_000_000n);
  assert.equal(parseFactor('1.0'), 1_000_000n);
  assert.equal(parseFactor('0.000001'), 1n);
  for (const text of [
    '',
    '0',
    '0.0',
    '-0.5',
    '1.1',
    '2',
    '50%',
    '0,5',
    '5e-1',
    ' 0.5',
    '0.5 ',
    '0.1234567',
    'NaN',
    '0x1',
  ]) {
    assert.equal(parseFactor(text), null, text);
  }
});

test('unscaling gives the largest amount that scales to at most as much', () => {
  fc.assert(
    fc.property(fc.bigInt(1n, 1_000_000n), fc.bigInt(0n, 1n << 50n), (factor, scaled) => {
      const amount = unscale(scaled, factor);
      assert.ok(scaleUp(amount, factor) <= scaled);
      assert.ok(scaleUp(amount + 1n, factor) > scaled);
    }),
  );
});

test('a factor survives being a number', () => {
  fc.assert(
    fc.property(fc.bigInt(1n, 1_000_000n), (factor) => {
      assert.equal(BigInt(Math.round(factorToNumber(factor) * 1e6)), factor);
    }),
  );
});
