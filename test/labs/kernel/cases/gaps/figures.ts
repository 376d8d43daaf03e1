import type { Ctx } from '../../runner/case.ts';

/** One replacement, milliseconds. */
export interface Replacement {
  /** Without a scheduler, by the kernel's own messages. */
  readonly stock: number;
  /** How late a thread of a Critical pod was at worst while there was none; null where it did not wake up then. */
  readonly worst: number | null;
}

/** What there is of it, in order. */
function valuesOf(all: readonly Replacement[], key: keyof Replacement): number[] {
  return all.flatMap((one) => one[key] ?? []).toSorted((a, b) => a - b);
}

/** @param all at least one that has it */
export function medianOf(all: readonly Replacement[], key: keyof Replacement): number {
  const sorted = valuesOf(all, key);
  const middle = (at: number): number => sorted[at] ?? Number.NaN;
  return (middle(Math.floor((sorted.length - 1) / 2)) + middle(Math.ceil((sorted.length - 1) / 2))) / 2;
}

export function figures(ctx: Pick<Ctx, 'figure'>, what: string, all: readonly Replacement[]): void {
  for (const [key, name] of [
    ['stock', 'without a scheduler'],
    ['worst', 'latest wake-up of Critical meanwhile'],
  ] as const) {
    const sorted = valuesOf(all, key);
    const said = `${what}: ${name}, ${sorted.length} of ${all.length}`;
    ctx.figure(`${said}: shortest`, sorted[0] ?? Number.NaN, 'ms');
    ctx.figure(`${said}: median`, medianOf(all, key), 'ms');
    ctx.figure(`${said}: longest`, sorted.at(-1) ?? Number.NaN, 'ms');
  }
}
