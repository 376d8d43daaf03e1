import type { ReplicaIndex } from '../spread/replica-index.ts';
import type { Reservation } from './reservation.ts';
import { NodeSums } from './sums.ts';

/** How long a pod is counted on the node that we prefer for it: binding takes far less, and a lost one must not linger. */
export const TENTATIVE_MS = 5000;

/** More pods than any scheduler places in `TENTATIVE_MS`. */
export const MAX_TENTATIVE = 10_000;

/** A pod on the node where we expect it. */
export interface Expected extends Reservation {
  /** The uid of the controller that the scheduler spreads the replicas of; empty where there is none. */
  readonly controller: string;
}

/**
 * Pods that were scored and are not known to be bound. Times are of the monotonic clock, so that the
 * order of insertion is the order of expiry.
 */
export class TentativeReservations {
  readonly #byPod = new Map<string, { readonly reservation: Expected; readonly expiresAt: number }>();
  readonly #sums = new NodeSums();
  readonly #replicas: ReplicaIndex;
  readonly #onDropped: () => void;

  /**
   * @param replicas counts those that are here, too
   * @param onDropped called for each reservation that had to make room for a newer one
   */
  constructor(replicas: ReplicaIndex, onDropped: () => void) {
    this.#replicas = replicas;
    this.#onDropped = onDropped;
  }

  get size(): number {
    return this.#byPod.size;
  }

  get(uid: string): Reservation | null {
    return this.#byPod.get(uid)?.reservation ?? null;
  }

  on(node: string) {
    return this.#sums.on(node);
  }

  /** Counts the pod on the node from now on, and no longer where it was counted before. */
  put(reservation: Expected, now: number): void {
    this.release(reservation.uid);
    if (this.#byPod.size >= MAX_TENTATIVE) this.#dropOldest();
    this.#byPod.set(reservation.uid, { reservation, expiresAt: now + TENTATIVE_MS });
    this.#sums.add(reservation);
    if (reservation.controller !== '') this.#replicas.add(reservation.controller, reservation.node);
  }

  release(uid: string): void {
    const held = this.#byPod.get(uid);
    if (held === undefined) return;
    this.#byPod.delete(uid);
    const { reservation } = held;
    this.#sums.subtract(reservation);
    if (reservation.controller !== '') this.#replicas.subtract(reservation.controller, reservation.node);
  }

  expire(now: number): void {
    for (const [uid, { expiresAt }] of this.#byPod) {
      if (expiresAt > now) return;
      this.release(uid);
    }
  }

  #dropOldest(): void {
    const oldest = this.#byPod.keys().next().value;
    if (oldest === undefined) return;
    this.release(oldest);
    this.#onDropped();
  }
}
