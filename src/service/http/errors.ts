import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type ErrorId, errorBody, TemperError } from '../../model/errors.ts';

const STATUS: Partial<Record<ErrorId, number>> = { TMP2002: 413, TMP2003: 415, TMP2013: 500 };

/** What Fastify calls the errors that a client can cause. */
const FASTIFY_CODES = new Map<string, ErrorId>([
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'TMP2002'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'TMP2003'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'TMP2001'],
  ['FST_ERR_CTP_EMPTY_JSON_BODY', 'TMP2001'],
]);

export interface ErrorObserver {
  refused(id: ErrorId): void;
  /** An error that is temper's own fault. */
  failed(error: unknown): void;
}

/** Gives every error of a request an id: 4xx for what a client can cause, 500 for temper's own faults alone. */
export function answerErrors(app: FastifyInstance, { refused, failed }: ErrorObserver): void {
  app.setErrorHandler((error, _request, reply) => {
    const id = idOf(error);
    refused(id);
    if (id === 'TMP2013') failed(error);
    const detail = error instanceof TemperError ? error.detail : undefined;
    void reply.code(STATUS[id] ?? 400).send(errorBody(id, detail));
  });
  app.setNotFoundHandler((request, reply) => {
    const allowed = otherMethods(app, request);
    const id = allowed.length > 0 ? 'TMP2007' : 'TMP2006';
    refused(id);
    if (allowed.length > 0) void reply.header('allow', allowed.join(', '));
    void reply.code(allowed.length > 0 ? 405 : 404).send(errorBody(id));
  });
}

function idOf(error: unknown): ErrorId {
  if (error instanceof TemperError) return error.id;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return FASTIFY_CODES.get(code) ?? 'TMP2013';
}

function otherMethods(app: FastifyInstance, request: FastifyRequest): string[] {
  const path = request.url.split('?', 1)[0] ?? '';
  return ['GET', 'POST'].filter((method) => app.findRoute({ method, url: path }) !== null);
}

/** The answer to bytes that are no HTTP request, for `clientErrorHandler`. */
export function rawErrorAnswer(code: string | undefined): { id: ErrorId; text: string } {
  const [status, id]: [string, ErrorId] =
    code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? ['408 Request Timeout', 'TMP2011']
      : code === 'HPE_HEADER_OVERFLOW'
        ? ['431 Request Header Fields Too Large', 'TMP2012']
        : ['400 Bad Request', 'TMP2012'];
  const body = JSON.stringify(errorBody(id));
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`;
  return { id, text: `${head}\r\n\r\n${body}` };
}
