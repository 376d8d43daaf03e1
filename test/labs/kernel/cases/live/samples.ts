/** Milliseconds that changes took, by what they were. */
import { percentilesOf } from '../../guest/probe.ts';
import type { Ctx } from '../../runner/case.ts';

export class Samples {
  readonly #ctx: Ctx;
  readonly #times = new Map<string, number[]>();

  constructor(ctx: Ctx) {
    this.#ctx = ctx;
  }

  add(what: string, ms: number): void {
    this.#times.set(what, [...(this.#times.get(what) ?? []), ms]);
    this.#ctx.log(`${what}: ${ms.toFixed(1)} ms`);
  }

  /** Says them all. */
  figures(): void {
    const ctx = this.#ctx;
    for (const [what, times] of this.#times) {
      const { p50, p99, worst } = percentilesOf(times);
      ctx.figure(`${what}, p50`, p50, 'ms');
      ctx.figure(`${what}, p99`, p99, 'ms');
      ctx.figure(`${what}, worst of ${times.length}`, worst, 'ms');
    }
  }
}
