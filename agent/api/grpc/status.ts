import { status } from '@grpc/grpc-js';
import { type ErrorId, TemperError } from '../../../src/model/errors.ts';
import { LIMITS } from './limits.ts';

const CODES: Partial<Record<ErrorId, status>> = {
  TMP3201: status.INVALID_ARGUMENT,
  TMP3202: status.DEADLINE_EXCEEDED,
  TMP3203: status.RESOURCE_EXHAUSTED,
  TMP3204: status.NOT_FOUND,
  TMP3205: status.FAILED_PRECONDITION,
  TMP3206: status.UNAVAILABLE,
  TMP3207: status.FAILED_PRECONDITION,
  TMP3208: status.FAILED_PRECONDITION,
  TMP3209: status.FAILED_PRECONDITION,
  TMP3151: status.INTERNAL,
  TMP3152: status.INTERNAL,
  TMP3210: status.UNIMPLEMENTED,
};

/** How a call failed, as gRPC says it. */
export interface CallFailure {
  readonly code: status;
  /** Begins with the id. */
  readonly details: string;
  readonly id: ErrorId;
}

/** What a caller is told of an error: of temper's own faults only that it is one. */
export function failureOf(error: unknown): CallFailure {
  const known = error instanceof TemperError ? error : new TemperError('TMP2013', 'see the log of the agent');
  const details = known.message.slice(0, LIMITS.messageChars);
  return { code: CODES[known.id] ?? status.INTERNAL, details, id: known.id };
}
