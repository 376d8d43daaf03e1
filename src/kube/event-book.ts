/** Something that happened to one object, for people who look at it with kubectl. */
export interface EventNote {
  readonly type: 'Normal' | 'Warning';
  /** Why, one CamelCase word. */
  readonly reason: string;
  /** What was done or failed, one CamelCase word. */
  readonly action: string;
  /** One sentence; cut at 1024 bytes. */
  readonly note: string;
}

/** Ages are measured by the clock that never jumps; what people read is the time of day. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly wall: number;
  readonly monotonic: number;
}

/** One thing that happened once or more often. */
export interface Occurrences {
  readonly event: EventNote;
  /** Of the object that the API server has; null before there is one. */
  readonly name: string | null;
  /** How often it happened. */
  readonly count: number;
  /** How many of them the API server knows of. */
  readonly written: number;
  /** Monotonic. */
  readonly writtenAt: number;
  readonly first: Moment;
  readonly last: Moment;
}

export interface EventBookRule {
  /** After so long a silence the same thing is a new event. */
  readonly sameForMs: number;
  /** The least time between two writes of one event's count. */
  readonly repeatMs: number;
  /** Different events kept at a time. */
  readonly capacity: number;
}

export const EVENT_BOOK: EventBookRule = { sameForMs: 600_000, repeatMs: 300_000, capacity: 32 };

/** Which events are to be written: the same thing again within ten minutes counts up instead. Bounded. */
export class EventBook {
  readonly #rule: EventBookRule;
  readonly #entries = new Map<string, Occurrences>();

  constructor(rule: EventBookRule = EVENT_BOOK) {
    this.#rule = rule;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** @returns the one that had to make room and was not wholly written; null where none had */
  add(event: EventNote, now: Moment): Occurrences | null {
    const key = keyOf(event);
    const known = this.#entries.get(key);
    if (known !== undefined && this.#isSame(known, now.monotonic)) {
      this.#entries.set(key, { ...known, count: known.count + 1, last: now });
      return null;
    }
    this.#entries.delete(key);
    const left = this.#entries.size < this.#rule.capacity ? null : this.#evict();
    this.#entries.set(key, { event, name: null, count: 1, written: 0, writtenAt: 0, first: now, last: now });
    return left;
  }

  /** What is to be written next, and from when on, monotonic: what nobody has heard of goes before what repeats itself. */
  next(): { readonly entry: Occurrences; readonly notBefore: number } | null {
    const pending = [...this.#entries.values()].filter(({ count, written }) => written < count);
    const fresh = pending.find(({ name }) => name === null);
    if (fresh !== undefined) return { entry: fresh, notBefore: Number.NEGATIVE_INFINITY };
    const oldest = pending.sort((a, b) => a.writtenAt - b.writtenAt)[0];
    return oldest === undefined ? null : { entry: oldest, notBefore: oldest.writtenAt + this.#rule.repeatMs };
  }

  /** @param now monotonic: the API server has `entry` under this name */
  wrote(entry: Occurrences, name: string, now: number): void {
    this.#change(entry, (current) => ({ ...current, name, written: entry.count, writtenAt: now }));
  }

  /** The API server no longer has it: it is to be created again. */
  lost(entry: Occurrences): void {
    this.#change(entry, (current) => ({ ...current, name: null }));
  }

  /** It is not to be tried again; the same thing later is a new event. */
  drop(entry: Occurrences): void {
    this.#change(entry, () => null);
  }

  /** Forgets what was written and is over; `now` is monotonic. */
  prune(now: number): void {
    for (const [key, entry] of this.#entries) {
      if (entry.written >= entry.count && !this.#isSame(entry, now)) this.#entries.delete(key);
    }
  }

  #isSame(entry: Occurrences, now: number): boolean {
    return now - entry.last.monotonic < this.#rule.sameForMs;
  }

  /** A write takes time: the entry may have been counted up, or have made room for another, meanwhile. */
  #change(entry: Occurrences, change: (current: Occurrences) => Occurrences | null): void {
    const key = keyOf(entry.event);
    const current = this.#entries.get(key);
    if (current === undefined || current.first !== entry.first) return;
    const changed = change(current);
    if (changed === null) this.#entries.delete(key);
    else this.#entries.set(key, changed);
  }

  #evict(): Occurrences | null {
    const entries = [...this.#entries.values()].sort((a, b) => a.last.monotonic - b.last.monotonic);
    const victim = entries.find(({ written, count }) => written >= count) ?? entries[0];
    if (victim === undefined) return null;
    this.#entries.delete(keyOf(victim.event));
    return victim.written < victim.count ? victim : null;
  }
}

function keyOf({ type, reason, note }: EventNote): string {
  return JSON.stringify([type, reason, note]);
}
