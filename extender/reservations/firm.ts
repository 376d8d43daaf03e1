import type { TierOrSystem } from '../../src/model/tier.ts';
import { Counts } from '../counts.ts';
import { coverage } from './coverage.ts';
import type { Reservation } from './reservation.ts';
import { NodeSums } from './sums.ts';

/** A reservation of a pod that is bound, on the node it is bound to. */
export interface BoundReservation extends Reservation {
  /** Milliseconds since the epoch. */
  readonly boundAt: number;
}

/** What a node's report says about which pods it counts. */
export interface NodeReport {
  /** When the agent says it measured, milliseconds since the epoch. */
  readonly at: number;
  /** How many pods of each tier it counts. */
  readonly pods: Readonly<Record<TierOrSystem, number>>;
}

/** How often the reservations that only time can lift are looked at. */
const SWEEP_MS = 1000;

/** Bound pods that their node's report does not cover yet. As many at most as the pod watch shows. */
export class FirmReservations {
  /** All bound pods of each tier by node, also those that are covered. */
  readonly bound = new Counts<TierOrSystem>();
  readonly #byPod = new Map<string, BoundReservation>();
  readonly #byNode = new Map<string, Map<string, BoundReservation>>();
  readonly #sums = new NodeSums();
  readonly #reports = new Map<string, NodeReport & { readonly reportedAt: number }>();
  /** Nodes with a pod whose coverage is `later`. */
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
    this.#review(bound.node, now);
  }

  release(uid: string): void {
    const held = this.#byPod.get(uid);
    if (held === undefined) return;
    this.#byPod.delete(uid);
    this.#sums.subtract(held);
    const onNode = this.#byNode.get(held.node);
    onNode?.delete(uid);
    if (onNode?.size === 0) this.#byNode.delete(held.node);
  }

  /**
   * Takes note of a node's report. It cannot be younger than the moment we got it, whatever the
   * node's clock says; seen again, for instance in a relist, it is no younger than it was.
   */
  reported(node: string, report: NodeReport, now: number): void {
    if (this.#reports.get(node)?.at === report.at) return;
    this.#reports.set(node, { ...report, reportedAt: Math.min(report.at, now) });
    this.#review(node, now);
  }

  /** The node is gone or its report cannot be read: nothing is covered by it any more. */
  unreported(node: string): void {
    this.#reports.delete(node);
  }

  /** Lets go of what time alone has covered. */
  sweep(now: number): void {
    if (Math.abs(now - this.#sweptAt) < SWEEP_MS) return;
    this.#sweptAt = now;
    for (const node of [...this.#maturing]) this.#review(node, now);
  }

  /** Lets go of what the node's report covers; the latest binding is looked at first. */
  #review(node: string, now: number): void {
    this.#maturing.delete(node);
    const report = this.#reports.get(node);
    const onNode = this.#byNode.get(node);
    if (report === undefined || onNode === undefined) return;
    const missing = this.#missing(node, onNode.values(), report);
    // Times are whole seconds: of two in one second, the one that was heard of last is the later.
    for (const bound of [...onNode.values()].reverse().sort((a, b) => b.boundAt - a.boundAt)) {
      const state = coverage(bound.boundAt, report.reportedAt, now);
      const left = missing.get(bound.tier) ?? 0;
      if (state === 'covered' || (state === 'later' && left <= 0)) this.release(bound.uid);
      if (state !== 'later' || left <= 0) continue;
      missing.set(bound.tier, left - 1);
      this.#maturing.add(node);
    }
  }

  /** How many pods of each tier that were bound before the report it does not count. */
  #missing(node: string, held: Iterable<BoundReservation>, { reportedAt, pods }: NodeReport & { reportedAt: number }) {
    const later = new Map<TierOrSystem, number>();
    const missing = new Map<TierOrSystem, number>();
    for (const { tier, boundAt } of held) {
      later.set(tier, (later.get(tier) ?? 0) + (coverage(boundAt, reportedAt, boundAt) === 'no' ? 1 : 0));
      missing.set(tier, 0);
    }
    const bound = this.bound.of(node);
    for (const tier of missing.keys()) {
      missing.set(tier, (bound.get(tier) ?? 0) - (later.get(tier) ?? 0) - pods[tier]);
    }
    return missing;
  }
}
