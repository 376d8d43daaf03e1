import type { Duplex } from 'node:stream';
import { type ErrorId, errorBody } from '../../../src/model/errors.ts';

/** Answers bytes that are no HTTP request, and requests that come too slowly. */
export function answerRaw(error: NodeJS.ErrnoException, socket: Duplex, refused: (id: ErrorId) => void): void {
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
