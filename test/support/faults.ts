import { type Fault, pageText, statusObject } from './faulty-api.ts';

/** An answer with this status. */
export function status(code: number, headers: Record<string, string> = {}): Fault {
  return ({ response }) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(statusObject(code, 'Faulty', 'as the test wants it')));
  };
}

/** This body with status 200, whatever was asked for. */
export function body(text: string | Buffer): Fault {
  return ({ response }) => response.writeHead(200, { 'content-type': 'application/json' }).end(text);
}

/** RST instead of an answer. */
export const resetAtOnce: Fault = ({ socket }) => socket.resetAndDestroy();

/** No answer and no end. */
export const silent: Fault = () => {};

/** The first `bytes` of a good page, and then `how`. */
export function pageCutAt(bytes: number, how: 'reset' | 'end' | 'stall'): Fault {
  return ({ state, query, response, socket }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const part = (pageText(state, query) ?? '').slice(0, bytes);
    response.write(part, () => {
      if (how === 'reset') socket.resetAndDestroy();
      if (how === 'end') response.end();
    });
  };
}

/** A good page with the whole list in it, whatever `limit` says. */
export const pageWithoutLimit: Fault = ({ state, query, response }) => {
  query.delete('limit');
  response.writeHead(200, { 'content-type': 'application/json' }).end(pageText(state, query));
};

/** A good page, each byte in a chunk of its own. */
export const pageByteByByte: Fault = ({ state, query, response, socket }) => {
  socket.setNoDelay(true);
  response.writeHead(200, { 'content-type': 'application/json' });
  const bytes = Buffer.from(pageText(state, query) ?? '');
  const send = (at: number) => {
    if (at === bytes.length) response.end();
    else response.write(bytes.subarray(at, at + 1), () => setImmediate(send, at + 1));
  };
  send(0);
};
