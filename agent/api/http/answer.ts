import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type ErrorId, errorBody } from '../../../src/model/errors.ts';
import type { ApiObserver } from '../observer.ts';
import type { Guests } from './guests.ts';
import type { Answer, Route } from './routes.ts';

/** Answers every request, also those that are refused: with an id of an error, and never with what an error says. */
export function answerer(
  routes: ReadonlyMap<string, Route>,
  guests: Guests,
  { refused, failed }: ApiObserver,
): RequestListener {
  const refusal = (status: number, id: ErrorId, headers: Answer['headers'] = {}): Answer => {
    refused(id);
    // What is refused is not read to its end.
    return { status, body: errorBody(id), headers: { ...headers, connection: 'close' } };
  };

  const answerTo = async ({ method, url = '', socket }: IncomingMessage): Promise<Answer> => {
    if (!guests.asks(socket.remoteAddress ?? '')) return refusal(429, 'TMP3203', { 'retry-after': '1' });
    const route = routes.get(url.split('?', 1)[0] ?? '');
    if (route === undefined) return refusal(404, 'TMP2006');
    if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'TMP2007', { allow: 'GET, HEAD' });
    try {
      return await route();
    } catch (error) {
      failed(error);
      return refusal(500, 'TMP2013');
    }
  };

  return (request, response) => void answerTo(request).then((answer) => send(response, answer));
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}
