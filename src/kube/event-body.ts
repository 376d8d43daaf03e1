import { createHash } from 'node:crypto';
import type { Occurrences } from './event-book.ts';

/** The object that events are about. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Empty for what has no namespace. */
  readonly namespace: string;
  /** Undefined while it is not known. */
  readonly uid: string | undefined;
}

/** Who reports. */
export interface EventReporter {
  /** A qualified name, e.g. `temper.codes/agent`. */
  readonly controller: string;
  /** Which of its processes, e.g. the pod's name. */
  readonly instance: string;
}

/** What the API server takes, in bytes. */
const MAX_NOTE_BYTES = 1024;
const MAX_WORD_BYTES = 128;

/** Events about what has no namespace live in `default`. */
export function eventNamespace({ namespace }: EventSubject): string {
  return namespace === '' ? 'default' : namespace;
}

/** Always the same for one entry, so that a try whose answer got lost is found again and not made twice. */
export function eventName({ event, first }: Occurrences, { name }: EventSubject): string {
  const what = createHash('sha256').update(`${event.reason} ${event.note}`).digest('hex').slice(0, 10);
  return `${name.slice(0, 200)}.${what}.${Math.floor(first.wall).toString(16)}`;
}

/** A new Event of events.k8s.io/v1. */
export function eventBody(entry: Occurrences, name: string, subject: EventSubject, reporter: EventReporter): unknown {
  const { event, first } = entry;
  const { uid, namespace, ...regarding } = subject;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace: eventNamespace(subject) },
    eventTime: microTime(first.wall),
    ...(entry.count > 1 && seriesBody(entry)),
    reportingController: reporter.controller,
    reportingInstance: cut(reporter.instance, MAX_WORD_BYTES),
    action: cut(event.action, MAX_WORD_BYTES),
    reason: cut(event.reason, MAX_WORD_BYTES),
    regarding: { ...regarding, ...(namespace !== '' && { namespace }), ...(uid !== undefined && { uid }) },
    note: cut(event.note, MAX_NOTE_BYTES),
    type: event.type,
  };
}

/** The one part of an Event that may change. */
export function seriesBody({ count, last }: Occurrences): { readonly series: unknown } {
  return { series: { count, lastObservedTime: microTime(last.wall) } };
}

/** The API server wants six digits of the second, no fewer. */
function microTime(at: number): string {
  return new Date(at).toISOString().replace('Z', '000Z');
}

/** The first bytes of a text, without half a character at the end. */
function cut(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  return new TextDecoder().decode(bytes.subarray(0, maxBytes), { stream: true });
}
