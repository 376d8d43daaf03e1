import type { Clock } from '../../src/model/clock.ts';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #now: number;
  #monotonic = 0;
  #timers: Timer[] = [];

  /** @default start 2026-11-21T10:00:00Z */
  constructor(start: number = Date.UTC(2026, 10, 21, 10)) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#monotonic + ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Timers that wait, as milliseconds from now, soonest first. */
  get pending(): number[] {
    return this.#timers.map((timer) => timer.at - this.#monotonic).sort((a, b) => a - b);
  }

  /** Moves time on and runs what falls due, in order, including what those callbacks set up. */
  advance(ms: number): void {
    const end = this.#monotonic + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#move(due.at);
      due.callback();
    }
    this.#move(end);
  }

  /** Sets the wall clock alone, as NTP or an operator would. */
  setWallClock(now: number): void {
    this.#now = now;
  }

  #move(to: number): void {
    this.#now += to - this.#monotonic;
    this.#monotonic = to;
  }
}
