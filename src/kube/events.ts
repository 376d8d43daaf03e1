import type { Clock } from '../model/clock.ts';
import { createBackoff } from './backoff.ts';
import { type BudgetRule, earliest, FULL_BUDGET, spend } from './budget.ts';
import {
  type EventReporter,
  type EventSubject,
  eventBody,
  eventName,
  eventNamespace,
  seriesBody,
} from './event-body.ts';
import { EventBook, type EventNote, type Occurrences } from './event-book.ts';
import { REFUSED_IN_PASSING } from './refusal.ts';
import type { WriteOutcome, Writer } from './write.ts';

/** `dropped`: it had to make room or was too old before it could be written. */
export type EventOutcome = WriteOutcome['outcome'] | 'dropped';

export interface EventSinkOptions {
  readonly writer: Writer;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Asked for each event, since a uid becomes known only later. */
  readonly subject: () => EventSubject;
  readonly reporter: EventReporter;
  /** What became of each write; the detail never has more than one line. Must not throw. */
  readonly onOutcome: (outcome: EventOutcome, detail: string) => void;
}

export interface EventSink {
  /** Takes note and returns at once; never throws. Whether it is ever written depends on the API server. */
  emit(event: EventNote): void;
  /** Writes nothing more; resolves when no request is under way. */
  stop(): Promise<void>;
}

/** With 12 at once and one more in 75 s there are at most 60 writes in any hour. */
export const EVENT_BUDGET: BudgetRule = { burst: 12, intervalMs: 75_000 };

/** What could not be written for so long helps nobody any more: the API server itself keeps events for an hour. */
const MAX_AGE_MS = 3_600_000;

const BACKOFF = { baseMs: 1_000, capMs: 120_000 };

/** Writes events one after the other, in its own time: the newest count of each, never a queue of requests. */
export function createEventSink(options: EventSinkOptions): EventSink {
  const { writer, clock, random, subject, reporter, onOutcome } = options;
  const book = new EventBook();
  const backoff = createBackoff({ ...BACKOFF, random });
  let budget = FULL_BUDGET;
  let notBefore = Number.NEGATIVE_INFINITY;
  let refusals = 0;
  let running: Promise<void> | undefined;
  let cancel = () => {};
  let stopped = false;

  const create = (entry: Occurrences, name: string): Promise<WriteOutcome> => {
    const about = subject();
    return writer.write({
      method: 'POST',
      path: `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(eventNamespace(about))}/events`,
      contentType: 'application/json',
      body: JSON.stringify(eventBody(entry, name, about, reporter)),
    });
  };

  const countUp = (entry: Occurrences, name: string): Promise<WriteOutcome> =>
    writer.write({
      method: 'PATCH',
      path: `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(eventNamespace(subject()))}/events/${encodeURIComponent(name)}`,
      contentType: 'application/merge-patch+json',
      body: JSON.stringify(seriesBody(entry)),
    });

  const settle = (entry: Occurrences, name: string, result: WriteOutcome): void => {
    refusals = result.outcome === 'forbidden' ? refusals + 1 : 0;
    const next = follows(entry, result, refusals);
    if (next !== 'retry') backoff.reset();
    if (next === 'written') book.wrote(entry, name, clock.monotonic());
    if (next === 'anew') book.lost(entry);
    if (next === 'drop') book.drop(entry);
    if (next !== 'retry') return;
    const asked = result.outcome === 'unavailable' ? result.retryAfterMs : 0;
    notBefore = clock.monotonic() + asked + backoff.next();
  };

  const write = async (entry: Occurrences): Promise<void> => {
    budget = spend(budget, EVENT_BUDGET, clock.monotonic());
    const name = entry.name ?? eventName(entry, subject());
    const outcome = await (entry.name === null ? create(entry, name) : countUp(entry, name));
    onOutcome(outcome.outcome, outcome.outcome === 'ok' ? '' : outcome.detail);
    settle(entry, name, outcome);
  };

  const pump = (): void => {
    cancel();
    if (running !== undefined || stopped) return;
    const next = book.next();
    if (next === null) return;
    if (next.entry.name === null && clock.monotonic() - next.entry.last.monotonic > MAX_AGE_MS) {
      book.drop(next.entry);
      onOutcome('dropped', 'too old');
      pump();
      return;
    }
    const wait = Math.max(next.notBefore, earliest(budget, EVENT_BUDGET), notBefore) - clock.monotonic();
    if (wait > 0) {
      cancel = clock.after(wait, pump);
      return;
    }
    running = write(next.entry).then(() => {
      running = undefined;
      pump();
    });
  };

  return {
    emit(event) {
      if (stopped) return;
      const now = { wall: clock.now(), monotonic: clock.monotonic() };
      book.prune(now.monotonic);
      if (book.add(event, now) !== null) onOutcome('dropped', 'too many at a time');
      pump();
    },
    async stop() {
      stopped = true;
      cancel();
      await running;
    },
  };
}

/** @param refusals how many in a row were 401 or 403, this one among them */
function follows(
  { name }: Occurrences,
  { outcome }: WriteOutcome,
  refusals: number,
): 'written' | 'anew' | 'retry' | 'drop' {
  if (outcome === 'ok') return 'written';
  if (outcome === 'unavailable') return 'retry';
  if (outcome === 'forbidden') return refusals > REFUSED_IN_PASSING ? 'drop' : 'retry';
  // 409 on creation: an earlier try got through, although no answer came.
  if (outcome === 'conflict') return name === null ? 'written' : 'retry';
  return outcome === 'gone' && name !== null ? 'anew' : 'drop';
}
