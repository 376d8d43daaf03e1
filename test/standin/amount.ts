import { parseQuantity } from '../../src/model/quantity.ts';

/**
 * A quantity as the API server keeps it: the exact value and the family of suffixes it was written
 * with. The server sends every quantity back in canonical form, which depends on both.
 */
export interface Amount {
  /** Billionths. */
  readonly nano: bigint;
  readonly format: 'decimal' | 'binary' | 'exponent';
  /** The text it was read from, where the server takes that for canonical already and never rewrites it. */
  readonly text?: string;
}

export const ZERO: Amount = { nano: 0n, format: 'decimal' };

const NANO_PER_UNIT = 1_000_000_000n;
const NANO_PER_MILLI = 1_000_000n;
const DECIMAL_SUFFIX: ReadonlyMap<number, string> = new Map([
  [-9, 'n'],
  [-6, 'u'],
  [-3, 'm'],
  [0, ''],
  [3, 'k'],
  [6, 'M'],
  [9, 'G'],
  [12, 'T'],
  [15, 'P'],
  [18, 'E'],
]);
const BINARY_SUFFIX: readonly string[] = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** Reads a quantity; null where `src/model` refuses it (no digits, above 2^63 - 1, or no quantity). */
export function parseAmount(text: string): Amount | null {
  const nano = parseQuantity(text);
  if (nano === null) return null;
  const [, whole = '', decimals = '', suffix = ''] = /^[+-]?0*(\d*)\.?(\d*)(.*)$/.exec(text) ?? [];
  const format = suffix.endsWith('i') ? 'binary' : /^[eE]./.test(suffix) ? 'exponent' : 'decimal';
  const isKept = format === 'binary' ? isKeptBinary(whole, decimals, suffix) : isKeptDecimal(whole, decimals, suffix);
  return { nano, format, ...(isKept && nano !== 0n && { text }) };
}

/** Writes a quantity in the form in which the API server sends it. */
export function formatAmount({ nano, format, text }: Amount): string {
  if (text !== undefined) return text;
  if (nano === 0n) return '0';
  const units = nano / NANO_PER_UNIT;
  const isWhole = nano % NANO_PER_UNIT === 0n;
  // A binary quantity below one Ki, or one with a fraction of a unit, is shown in decimal.
  if (format === 'binary' && isWhole && (units >= 1024n || units <= -1024n)) return binary(units);
  return decimal(nano, format === 'exponent');
}

/** The canonical form of a text that is a quantity, else null. */
export function canonicalQuantity(text: string): string | null {
  const amount = parseAmount(text);
  return amount === null ? null : formatAmount(amount);
}

/** Rounds up to whole thousandths, as the API server does with every resource of a pod. */
export function toWholeMilli(amount: Amount): Amount {
  if (amount.nano % NANO_PER_MILLI === 0n) return amount;
  return { nano: roundUp(amount.nano, NANO_PER_MILLI) * NANO_PER_MILLI, format: amount.format };
}

/** The sum; it keeps the first one's family unless that one is zero. */
export function addAmounts(a: Amount, b: Amount): Amount {
  return { nano: a.nano + b.nano, format: a.nano === 0n ? b.format : a.format };
}

/** Rounds away from zero to a multiple of `step` billionths, in that multiple. */
export function roundUp(nano: bigint, step: bigint): bigint {
  return nano >= 0n ? (nano + step - 1n) / step : -((-nano + step - 1n) / step);
}

/**
 * The server's parser has a fast path for what fits in 64 bits; there a text that looks canonical is
 * kept as it is (so `1.500` stays, though `1500m` is canonical).
 */
function isKeptDecimal(whole: string, decimals: string, suffix: string): boolean {
  const digits = (whole || '0') + decimals;
  const exponent = /^[eE]./.test(suffix) ? Number(suffix.slice(1)) : exponentOf(suffix);
  const power = exponent - decimals.length;
  return digits.length <= 18 && power >= -9 && power % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0');
}

function isKeptBinary(whole: string, decimals: string, suffix: string): boolean {
  const digitsOfUnit = BINARY_SUFFIX.indexOf(suffix) * 3;
  return decimals === '' && whole.length + digitsOfUnit <= 14 && (BigInt(whole || '0') & 7n) !== 0n;
}

function exponentOf(suffix: string): number {
  for (const [exponent, name] of DECIMAL_SUFFIX) if (name === suffix) return exponent;
  return 0;
}

function binary(units: bigint): string {
  let value = units;
  let step = 0;
  while (value % 1024n === 0n && step < BINARY_SUFFIX.length - 1) {
    value /= 1024n;
    step += 1;
  }
  return `${value}${BINARY_SUFFIX[step]}`;
}

function decimal(nano: bigint, asExponent: boolean): string {
  let value = nano;
  let exponent = -9;
  while (value % 1000n === 0n && exponent < 18) {
    value /= 1000n;
    exponent += 3;
  }
  if (!asExponent) return `${value}${DECIMAL_SUFFIX.get(exponent)}`;
  return exponent === 0 ? `${value}` : `${value}e${exponent}`;
}
