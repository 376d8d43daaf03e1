import type { Clock } from '../../../src/model/clock.ts';

/**
 * How much one address may ask. Any pod of the cluster can reach the port: none of them may keep
 * kubelet's probes out or take the agent's time.
 */
export const GUEST_LIMITS = {
  /** Connections of one address at once. */
  connections: 16,
  /** Requests of one address at once and a second after that; kubelet and a scraper need less than one. */
  burst: 60,
  perSecond: 20,
  /** Addresses that are remembered; beyond, the one that has been silent longest is forgotten. */
  addresses: 1_024,
} as const;

interface Guest {
  connections: number;
  /** Requests that it may still send. */
  left: number;
  /** When that was so, monotonic milliseconds. */
  at: number;
}

/** Counts what each address does. */
export class Guests {
  readonly #clock: Clock;
  /** Longest silent first. */
  readonly #guests = new Map<string, Guest>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#guests.size;
  }

  /** A new connection: whether it may stay. One that may must be told of by `disconnected` when it ends. */
  connected(address: string): boolean {
    const guest = this.#of(address);
    if (guest.connections >= GUEST_LIMITS.connections || guest.left < 1) return false;
    guest.connections += 1;
    return true;
  }

  disconnected(address: string): void {
    const guest = this.#guests.get(address);
    if (guest !== undefined) guest.connections -= 1;
  }

  /** A request: whether it may be answered. */
  asks(address: string): boolean {
    const guest = this.#of(address);
    if (guest.left < 1) return false;
    guest.left -= 1;
    return true;
  }

  #of(address: string): Guest {
    const now = this.#clock.monotonic();
    const known = this.#guests.get(address) ?? { connections: 0, left: GUEST_LIMITS.burst, at: now };
    known.left = Math.min(GUEST_LIMITS.burst, known.left + ((now - known.at) / 1_000) * GUEST_LIMITS.perSecond);
    known.at = now;
    this.#guests.delete(address);
    this.#guests.set(address, known);
    if (this.#guests.size > GUEST_LIMITS.addresses) this.#forgetOne();
    return known;
  }

  /** Whoever holds a connection is remembered: the connections are bounded themselves. */
  #forgetOne(): void {
    for (const [address, { connections }] of this.#guests) {
      if (connections > 0) continue;
      this.#guests.delete(address);
      return;
    }
  }
}
