/** Milliseconds that changes took, by what they were. */
import assert from 'node:assert/strict';
import { percentilesOf } from '../../guest/probe.ts';
import type { Ctx } from '../../runner/case.ts';

/** Twice the goal of 50 ms: the short form has too few of each kind to judge by anything but the middle one. */
const MEDIAN_MS = 100;

export class Samples {
  readonly #ctx: Ctx;
  readonly #times = new Map<string, number[]>();
  readonly #judged = new Set<string>();

  constructor(ctx: Ctx) {
    this.#ctx = ctx;
  }

  add(what: string, ms: number): void {
    this.#times.set(what, [...(this.#times.get(what) ?? []), ms]);
    this.#ctx.log(`${what}: ${ms.toFixed(1)} ms`);
  }

  /** The same of what nothing but the agent and the scheduler make long. */
  addJudged(what: string, ms: number): void {
    this.#judged.add(what);
    this.add(what, ms);
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
    for (const what of this.#judged) {
      const { p50 } = percentilesOf(this.#times.get(what) ?? []);
      assert.ok(p50 <= MEDIAN_MS, `${what}: ${MEDIAN_MS} ms at most in the middle, not ${p50.toFixed(1)}`);
    }
  }
}
