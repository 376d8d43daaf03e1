import type { Clock } from '../../src/model/clock.ts';

/** How far one scan goes. */
export interface ScanBounds {
  /** Directories looked at. Kubelet's default is 110 pods; scx_layered itself knows 16,384 cgroups. */
  readonly maxDirs: number;
  /** A scan that takes longer has failed: what it did not get to must not count as gone. */
  readonly maxMs: number;
}

export const SCAN_BOUNDS: ScanBounds = { maxDirs: 16_384, maxMs: 2_000 };

/** Counts what a scan looks at. */
export class Budget {
  readonly #bounds: ScanBounds;
  readonly #clock: Clock;
  readonly #begun: number;
  #dirs = 0;

  constructor(bounds: ScanBounds, clock: Clock) {
    this.#bounds = bounds;
    this.#clock = clock;
    this.#begun = clock.monotonic();
  }

  /** Why directories were left out; null where none was. */
  get exceeded(): string | null {
    return this.#dirs > this.#bounds.maxDirs ? `more than ${this.#bounds.maxDirs} directories` : null;
  }

  /**
   * Whether so many more directories may be looked at.
   *
   * @throws when the time is over
   */
  take(dirs = 1): boolean {
    this.#dirs += dirs;
    const { maxMs } = this.#bounds;
    if (this.#clock.monotonic() - this.#begun > maxMs) throw new Error(`the scan took longer than ${maxMs} ms`);
    return this.exceeded === null;
  }
}
