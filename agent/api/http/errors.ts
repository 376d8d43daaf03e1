import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { type ErrorId, errorBody } from '../../../src/model/errors.ts';
import type { ApiObserver } from '../observer.ts';

/** Gives every refused request an id. Nothing here takes a body, so a client can cause no other error. */
export function answerErrors(app: FastifyInstance, { refused, failed }: ApiObserver): void {
  app.setErrorHandler((error, _request, reply) => {
    refused('TMP2013');
    failed(error);
    void reply.code(500).send(errorBody('TMP2013'));
  });
  app.setNotFoundHandler((request, reply) => {
    const exists = app.findRoute({ method: 'GET', url: request.url.split('?', 1)[0] ?? '' }) !== null;
    refused(exists ? 'TMP2007' : 'TMP2006');
    if (exists) void reply.code(405).header('allow', 'GET, HEAD').send(errorBody('TMP2007'));
    else void reply.code(404).send(errorBody('TMP2006'));
  });
}

/** Answers bytes that are no HTTP request, and requests that come too slowly. */
export function answerRaw(error: NodeJS.ErrnoException, socket: Socket, refused: (id: ErrorId) => void): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [line, id] = RAW[error.code ?? ''] ?? (['400 Bad Request', 'TMP2012'] as const);
  refused(id);
  const body = JSON.stringify(errorBody(id));
  socket.end(
    `HTTP/1.1 ${line}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

const RAW: Readonly<Record<string, readonly [line: string, id: ErrorId]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'TMP2011'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'TMP2012'],
};
