import { ceilDiv } from './quantity.ts';

/**
 * Scaling factors as whole millionths, so that scaling is exact: the same request and factor give
 * the same result on every replica and on every reading of the annotation.
 */
export type Factor = bigint;

const MILLION = 1_000_000n;

/** The factor that changes nothing. */
export const ONE: Factor = MILLION;

const DECIMAL = /^(?:0?\.\d{1,6}|0|1(?:\.0{1,6})?)$/;

/** Reads a decimal in (0, 1] of at most six places; null for anything else. */
export function parseFactor(text: string): Factor | null {
  if (!DECIMAL.test(text)) return null;
  const factor = factorOf(Number(text));
  return factor > 0n && factor <= MILLION ? factor : null;
}

/** A number from checked configuration or annotation JSON, rounded to millionths. */
export function factorOf(value: number): Factor {
  return BigInt(Math.round(value * 1_000_000));
}

export function factorToNumber(factor: Factor): number {
  return Number(factor) / 1_000_000;
}

/** `amount * factor`, rounded up. */
export function scaleUp(amount: bigint, factor: Factor): bigint {
  return ceilDiv(amount * factor, MILLION);
}

/** The largest amount that the factor scales to at most `scaled`. */
export function unscale(scaled: bigint, factor: Factor): bigint {
  return (scaled * MILLION) / factor;
}

export function maxFactor(a: Factor, b: Factor): Factor {
  return a > b ? a : b;
}
