import { coverage } from './coverage.ts';
import type { Reservation } from './reservation.ts';
import { NodeSums } from './sums.ts';

/** A reservation of a pod that is bound, on the node it is bound to. */
export interface BoundReservation extends Reservation {
  /** Milliseconds since the epoch. */
  readonly boundAt: number;
}

/** How often the reservations that only time can lift are looked at. */
const SWEEP_MS = 1000;

/** Bound pods that their node's report does not cover yet. As many at most as the pod watch shows. */
export class FirmReservations {
  readonly #byPod = new Map<string, BoundReservation>();
  readonly #byNode = new Map<string, Map<string, BoundReservation>>();
  readonly #sums = new NodeSums();
  readonly #reports = new Map<string, { readonly at: number; readonly reportedAt: number }>();
  /** Pods whose coverage is `later`. */
  readonly #maturing = new Set<string>();
  #sweptAt = Number.NEGATIVE_INFINITY;

  get size(): number {
    return this.#byPod.size;
  }

  get(uid: string): BoundReservation | null {
    return this.#byPod.get(uid) ?? null;
  }

  on(node: string) {
    return this.#sums.on(node);
  }

  /** Counts a bound pod until it is covered; once more replaces what was known of it. */
  put(bound: BoundReservation, now: number): void {
    this.release(bound.uid);
    this.#byPod.set(bound.uid, bound);
    const onNode = this.#byNode.get(bound.node) ?? new Map<string, BoundReservation>();
    this.#byNode.set(bound.node, onNode.set(bound.uid, bound));
    this.#sums.add(bound);
    this.#review(bound, now);
  }

  release(uid: string): void {
    const held = this.#byPod.get(uid);
    if (held === undefined) return;
    this.#byPod.delete(uid);
    this.#maturing.delete(uid);
    this.#sums.subtract(held);
    const onNode = this.#byNode.get(held.node);
    onNode?.delete(uid);
    if (onNode?.size === 0) this.#byNode.delete(held.node);
  }

  /**
   * Takes note of a node's report. It cannot be younger than the moment we got it, whatever the
   * node's clock says; seen again, for instance in a relist, it is no younger than it was.
   *
   * @param at when the agent says it measured
   */
  reported(node: string, at: number, now: number): void {
    if (this.#reports.get(node)?.at === at) return;
    this.#reports.set(node, { at, reportedAt: Math.min(at, now) });
    for (const bound of [...(this.#byNode.get(node)?.values() ?? [])]) this.#review(bound, now);
  }

  /** The node is gone or its report cannot be read: nothing is covered by it any more. */
  unreported(node: string): void {
    this.#reports.delete(node);
  }

  /** Lets go of what time alone has covered. */
  sweep(now: number): void {
    if (Math.abs(now - this.#sweptAt) < SWEEP_MS) return;
    this.#sweptAt = now;
    for (const uid of [...this.#maturing]) {
      const bound = this.#byPod.get(uid);
      if (bound !== undefined) this.#review(bound, now);
    }
  }

  #review(bound: BoundReservation, now: number): void {
    const report = this.#reports.get(bound.node);
    const state = report === undefined ? 'no' : coverage(bound.boundAt, report.reportedAt, now);
    if (state === 'covered') this.release(bound.uid);
    else if (state === 'later') this.#maturing.add(bound.uid);
    else this.#maturing.delete(bound.uid);
  }
}
