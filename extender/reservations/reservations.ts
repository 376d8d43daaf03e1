import type { Clock } from '../../src/model/clock.ts';
import type { PodView } from '../../src/model/pod-view.ts';
import { addDemand, type Demand, NO_DEMAND } from '../score/demand.ts';
import { ReplicaIndex } from '../spread/replica-index.ts';
import { type BoundReservation, FirmReservations, type NodeReport } from './firm.ts';
import type { Reservation } from './reservation.ts';
import { type Expected, TentativeReservations } from './tentative.ts';

/**
 * What is placed but not reported yet. Without it all pods of a burst would go to the node that
 * looked best when the burst began. A pod is tentative on the node we prefer for it until the watch
 * shows where it is bound, then firm on that node until the node's report covers it.
 */
export class Reservations {
  readonly #clock: Clock;
  readonly #tentative: TentativeReservations;
  readonly #firm = new FirmReservations();
  /** Bound, or expected and not known to be bound. */
  readonly #replicas = new ReplicaIndex();

  /** @param onDropped called for each tentative reservation that had to make room */
  constructor(clock: Clock, onDropped: () => void) {
    this.#clock = clock;
    this.#tentative = new TentativeReservations(this.#replicas, onDropped);
  }

  /** Counts a pod that was just scored on the node that scored highest. */
  prefer(reservation: Expected): void {
    this.#tentative.put(reservation, this.#clock.monotonic());
  }

  /** Counts a bound pod on its node, and no longer where it was expected. */
  bind(bound: BoundReservation): void {
    this.#tentative.release(bound.uid);
    this.#firm.put(bound, this.#clock.now());
  }

  /** The pod holds nothing any more: it is gone or going. */
  release(uid: string): void {
    this.#tentative.release(uid);
    this.#firm.release(uid);
  }

  /** A pod is bound to the node. Each is to be counted once, reserved or not: reports are compared with the count. */
  arrived({ tier, spread, controllerUid }: PodOfAController, node: string): void {
    this.#firm.bound.add(node, tier);
    if (spread !== null) this.#replicas.add(controllerUid, node);
  }

  /** Takes back what `arrived` counted. */
  left({ tier, spread, controllerUid }: PodOfAController, node: string): void {
    this.#firm.bound.subtract(node, tier);
    if (spread !== null) this.#replicas.subtract(controllerUid, node);
  }

  /** @param report null where it is missing or not readable */
  reported(node: string, report: NodeReport | null): void {
    if (report === null) this.#firm.unreported(node);
    else this.#firm.reported(node, report, this.#clock.now());
  }

  /** Lets go of what has run out. To be called before reading. */
  settle(): void {
    this.#tentative.expire(this.#clock.monotonic());
    this.#firm.sweep(this.#clock.now());
  }

  of(uid: string): Reservation | null {
    return this.#firm.get(uid) ?? this.#tentative.get(uid);
  }

  /**
   * What is reserved on the node; null where nothing is.
   *
   * @param own the reservation of the pod being scored, which must not stand in its own way
   */
  on(node: string, own: Reservation | null): Demand | null {
    const sum = plus(this.#tentative.on(node), this.#firm.on(node));
    if (own === null || own.node !== node) return sum;
    return addDemand(sum ?? NO_DEMAND, { ...NO_DEMAND, [own.tier]: -own.milli });
  }

  /** Takes note of the node's zone. */
  located(node: string, zone: string | null): void {
    this.#replicas.locate(node, zone);
  }

  /** The replicas of each controller that the scheduler spreads. */
  get replicas(): Pick<ReplicaIndex, 'onNodes' | 'inZones'> {
    return this.#replicas;
  }

  /** Where a pod that is not bound is expected; null where nowhere. */
  expectedOn(uid: string): string | null {
    return this.#tentative.get(uid)?.node ?? null;
  }

  tentativeOn(node: string): Demand | null {
    return this.#tentative.on(node);
  }

  firmOn(node: string): Demand | null {
    return this.#firm.on(node);
  }

  get counts(): { readonly tentative: number; readonly firm: number } {
    return { tentative: this.#tentative.size, firm: this.#firm.size };
  }
}

type PodOfAController = Pick<PodView, 'tier' | 'spread' | 'controllerUid'>;

function plus(a: Demand | null, b: Demand | null): Demand | null {
  if (a === null || b === null) return a ?? b;
  return addDemand(a, b);
}
