import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { TemperError } from '../../model/errors.ts';

/** Deeper than any Kubernetes object; what nests deeper is made to exhaust memory or a stack. */
const MAX_DEPTH = 128;

/** Smaller bodies are not looked through: however they nest, they cannot take much. */
const MAX_UNCHECKED_BYTES = 65_536;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Reads JSON bodies with `JSON.parse` as it is: a `__proto__` in it becomes an own property, which does
 * no harm where nothing is ever merged, while refusing it would refuse a pod that the API server takes.
 */
export function parseJsonBodies(app: FastifyInstance, bodyLimit: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => {
    try {
      done(null, parseJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}

/**
 * @throws {TemperError} TMP2001 or TMP2009. The parser's own message is dropped: it quotes the text,
 *   and the text may hold secrets.
 */
export function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) throw new TemperError('TMP2001', 'not UTF-8');
  if (body.length > MAX_UNCHECKED_BYTES && nestsDeeper(body, MAX_DEPTH))
    throw new TemperError('TMP2009', `more than ${MAX_DEPTH} levels`);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new TemperError('TMP2001', `${body.length} bytes, truncated or malformed`);
  }
}

/** Whether brackets outside of strings nest deeper than `limit`. One pass, nothing kept. */
export function nestsDeeper(body: Buffer, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === QUOTE) {
      at = endOfString(body, at + 1);
    } else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return false;
}

function endOfString(body: Buffer, from: number): number {
  for (let end = body.indexOf(QUOTE, from); end !== -1; end = body.indexOf(QUOTE, end + 1)) {
    let escapes = 0;
    while (body[end - 1 - escapes] === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return body.length;
}
