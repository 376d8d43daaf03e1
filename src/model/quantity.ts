/**
 * Kubernetes quantities as exact integers.
 *
 * A CPU quantity is held in billionths of a core ("nano", the finest grain that Kubernetes keeps)
 * as a BigInt, so no sum and no comparison ever rounds. Source of the grammar and of its rounding:
 * `k8s.io/apimachinery/pkg/api/resource`, whose answers are the vectors of the test.
 */

export const NANO_PER_MILLI = 1_000_000n;
const NANO_PER_UNIT = 1_000_000_000n;

/** No quantity may be greater than 2^63 - 1 in magnitude. */
const MAX_NANO = ((1n << 63n) - 1n) * NANO_PER_UNIT;

/** Longer texts are refused unread: a legal quantity that a person or a controller wrote is far shorter. */
const MAX_LENGTH = 128;
/** Beyond these powers of ten every number but zero is out of range, or rounds up to one billionth. */
const MAX_EXPONENT = 40;

const GRAMMAR = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;

/** What nearly every CPU request looks like: `250m`, `2`. */
const PLAIN_CPU = /^(\d{1,15})(m)?$/;

const DECIMAL_EXPONENT: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_EXPONENT: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };

/**
 * Reads a quantity in any of the three forms (`1500m`, `1.5Gi`, `15e2`).
 *
 * @returns billionths, rounded away from zero to a whole one as Kubernetes does; null where the
 *   text is no quantity or is greater than 2^63 - 1 (binary suffixes are capped there instead).
 */
export function parseQuantity(text: string): bigint | null {
  const common = PLAIN_CPU.exec(text);
  if (common === null) return text.length > MAX_LENGTH ? null : parseAnyForm(text);
  return BigInt(common[1] ?? '') * (common[2] === undefined ? NANO_PER_UNIT : NANO_PER_MILLI);
}

function parseAnyForm(text: string): bigint | null {
  const match = GRAMMAR.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', decimals = '', bareDecimals = '', suffix = '', exponent] = match;
  const fraction = decimals + bareDecimals;
  const digits = BigInt(whole + fraction);
  const binary = BINARY_EXPONENT[suffix];
  const power = exponent === undefined ? (DECIMAL_EXPONENT[suffix] ?? 0) : Number(exponent);
  const magnitude = scale(binary === undefined ? digits : digits << binary, power - fraction.length + 9);
  if (magnitude === null) return null;
  if (magnitude > MAX_NANO) return binary === undefined ? null : sign === '-' ? -MAX_NANO : MAX_NANO;
  return sign === '-' ? -magnitude : magnitude;
}

/** digits x 10^power, rounded up; null where it is certain to be out of range. */
function scale(digits: bigint, power: number): bigint | null {
  if (digits === 0n) return 0n;
  if (power > MAX_EXPONENT) return null;
  if (power >= 0) return digits * 10n ** BigInt(power);
  if (power < -(MAX_LENGTH + MAX_EXPONENT)) return 1n;
  return ceilDiv(digits, 10n ** BigInt(-power));
}

/** Division of a non-negative integer, rounded up. */
export function ceilDiv(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** Whole millicores, rounded up as `Quantity.MilliValue` does for what is not negative. */
export function nanoToMilli(nano: bigint): bigint {
  return nano <= 0n ? nano / NANO_PER_MILLI : ceilDiv(nano, NANO_PER_MILLI);
}

const SUFFIXES = ['m', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const;

/** Writes millicores in Kubernetes' canonical form: `250m`, `1`, `1500m`, `2k`. */
export function formatMilli(milli: bigint): string {
  if (milli === 0n) return '0';
  let value = milli;
  let step = 0;
  while (value % 1000n === 0n && step < SUFFIXES.length - 1) {
    value /= 1000n;
    step += 1;
  }
  return `${value}${SUFFIXES[step]}`;
}
