import type { Reservation } from './reservation.ts';
import { NodeSums } from './sums.ts';

/** How long a pod is counted on the node that we prefer for it: binding takes far less, and a lost one must not linger. */
export const TENTATIVE_MS = 5000;

/** More pods than any scheduler places in `TENTATIVE_MS`. */
export const MAX_TENTATIVE = 10_000;

/**
 * Pods that were scored and are not known to be bound. Times are of the monotonic clock, so that the
 * order of insertion is the order of expiry.
 */
export class TentativeReservations {
  readonly #byPod = new Map<string, { readonly reservation: Reservation; readonly expiresAt: number }>();
  readonly #sums = new NodeSums();
  readonly #onDropped: () => void;

  /** @param onDropped called for each reservation that had to make room for a newer one */
  constructor(onDropped: () => void) {
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
  put(reservation: Reservation, now: number): void {
    this.release(reservation.uid);
    if (this.#byPod.size >= MAX_TENTATIVE) this.#dropOldest();
    this.#byPod.set(reservation.uid, { reservation, expiresAt: now + TENTATIVE_MS });
    this.#sums.add(reservation);
  }

  release(uid: string): void {
    const held = this.#byPod.get(uid);
    if (held === undefined) return;
    this.#byPod.delete(uid);
    this.#sums.subtract(held.reservation);
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
