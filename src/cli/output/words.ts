/** Amounts and times for people. */

const STEPS: ReadonlyArray<readonly [unit: string, ms: number]> = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

/** A duration in its two largest units: `3d4h`, `90s` as `1m30s`, `0.4s`. */
export function span(ms: number): string {
  if (ms < 1_000) return `${(Math.max(0, ms) / 1_000).toFixed(1)}s`;
  const first = STEPS.findIndex(([, step]) => ms >= step);
  let rest = ms;
  let text = '';
  for (const [unit, step] of STEPS.slice(first, first + 2)) {
    const count = Math.floor(rest / step);
    rest -= count * step;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}

/** How long ago, `never` where it has not been. Clocks of two machines may differ: the future is `now`. */
export function ago(at: number | undefined, now: number): string {
  if (at === undefined) return 'never';
  return at >= now ? 'now' : `${span(now - at)} ago`;
}

/** Millicores as cores: `1.5`. */
export function cores(milli: number): string {
  return String(Math.round(milli) / 1_000);
}

/** A number with at most two decimals; `-` where nothing measured it. */
export function measured(value: number | undefined): string {
  return value === undefined ? '-' : String(Math.round(value * 100) / 100);
}

export function count(number: number, one: string, many: string = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
