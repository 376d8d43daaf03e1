import { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { isRecord, type KubeObject } from './objects.ts';
import type { FieldProblem } from './refusals.ts';

const MAX_NOTE_BYTES = 1024;
const MAX_WORD_BYTES = 128;
const QUALIFIED = /^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/;
/** What has no namespace has its Events in one of these. */
const OF_THE_CLUSTER: readonly unknown[] = ['default', 'kube-system'];

/** What the API server has against an Event of events.k8s.io/v1. */
export function eventProblems(event: KubeObject): FieldProblem[] {
  const { regarding, series } = event;
  const about = isRecord(regarding) ? regarding['namespace'] : undefined;
  const { namespace } = event.metadata;
  const isAtHome = about === undefined ? OF_THE_CLUSTER.includes(namespace) : about === namespace;
  return [
    ...problem(isAtHome, 'metadata.namespace', 'does not match that of what it is about'),
    ...problem(isMicroTime(event['eventTime']), 'eventTime', 'a time with six digits of the second is required'),
    ...problem(event['type'] === 'Normal' || event['type'] === 'Warning', 'type', 'Normal or Warning'),
    ...problem(
      QUALIFIED.test(text(event['reportingController'])),
      'reportingController',
      'a qualified name is required',
    ),
    ...['reportingInstance', 'action', 'reason'].flatMap((field) =>
      problem(fits(event[field], 1, MAX_WORD_BYTES), field, `1 to ${MAX_WORD_BYTES} bytes are required`),
    ),
    ...problem(fits(event['note'] ?? '', 0, MAX_NOTE_BYTES), 'note', `can have at most ${MAX_NOTE_BYTES} bytes`),
    ...(series === undefined ? [] : seriesProblems(series)),
  ];
}

/** Of a change: an Event has happened, and only its series goes on. */
export function eventChangeProblems(next: KubeObject, current: KubeObject): FieldProblem[] {
  const fields = new Set([...Object.keys(next), ...Object.keys(current)]);
  for (const free of ['metadata', 'series']) fields.delete(free);
  return [...fields].flatMap((field) =>
    problem(isDeepStrictEqual(next[field], current[field]), field, 'field is immutable'),
  );
}

function seriesProblems(series: unknown): FieldProblem[] {
  const { count, lastObservedTime } = isRecord(series) ? series : {};
  return [
    ...problem(Number.isInteger(count) && Number(count) >= 2, 'series.count', 'should be at least 2'),
    ...problem(isMicroTime(lastObservedTime), 'series.lastObservedTime', 'must be specified'),
  ];
}

function problem(holds: boolean, field: string, why: string): FieldProblem[] {
  return holds ? [] : [{ field, reason: 'FieldValueInvalid', message: `Invalid value: ${why}` }];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const isMicroTime = (value: unknown): boolean => MICRO_TIME.test(text(value));

function fits(value: unknown, min: number, max: number): boolean {
  if (typeof value !== 'string') return false;
  const bytes = Buffer.byteLength(value);
  return bytes >= min && bytes <= max;
}
