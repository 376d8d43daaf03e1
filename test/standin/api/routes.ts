import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KubeApi } from './api.ts';
import { listDocument, metadataOf } from './list.ts';
import { internalError, methodNotAllowed, noSuchPath } from './refusals.ts';
import { readDeleteOptions } from './remove.ts';
import { countParameter, isSet, readBody, type Target, wantsMetadata } from './request.ts';
import { StatusError } from './status.ts';
import type { WatchEvent } from './watch.ts';

/** One request and what its path means. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: Target;
  readonly query: URLSearchParams;
}

/** A watcher that is this far behind is cut off, as kube-apiserver does with slow ones. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;

export type Handler = (api: KubeApi, exchange: Exchange) => void | Promise<void>;

/** What each method does with a target. They throw the StatusError of a refusal. */
export const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET', read],
  ['POST', create],
  ['PATCH', patch],
  ['DELETE', remove],
]);

function read(api: KubeApi, exchange: Exchange): void {
  const { target, query, request, response } = exchange;
  const { type, namespace, name, subresource } = target;
  const { accept } = request.headers;
  if (subresource !== undefined) throw noSuchPath();
  if (name !== undefined) {
    const object = api.get(type, name, namespace);
    sendJson(response, 200, wantsMetadata(accept, false) ? metadataOf(object) : object);
  } else if (isSet(query, 'watch')) {
    watch(api, exchange);
  } else {
    const page = api.list(type, {
      namespace,
      fieldSelector: query.get('fieldSelector') ?? '',
      limit: countParameter(query, 'limit'),
      continue: query.get('continue') ?? '',
    });
    sendJson(response, 200, listDocument(type, page, wantsMetadata(accept, true)));
  }
}

function watch(api: KubeApi, { target, query, request, response }: Exchange): void {
  const metadataOnly = wantsMetadata(request.headers.accept, false);
  const seconds = countParameter(query, 'timeoutSeconds');
  const watchQuery = {
    namespace: target.namespace,
    fieldSelector: query.get('fieldSelector') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    allowBookmarks: isSet(query, 'allowWatchBookmarks'),
    timeoutMs: seconds ? seconds * 1000 : undefined,
  };
  const event = (watched: WatchEvent): void => {
    if (!response.headersSent) beginStream(response);
    response.write(`${JSON.stringify(metadataOnly ? cutDown(watched) : watched)}\n`);
    if (response.writableLength > MAX_UNSENT_BYTES) response.destroy();
  };
  const stop = api.watch(target.type, watchQuery, { event, end: () => response.end() });
  response.on('close', stop);
  if (!response.headersSent) beginStream(response);
}

function beginStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
}

function cutDown(event: WatchEvent): unknown {
  return event.type === 'ERROR' ? event : { type: event.type, object: metadataOf(event.object) };
}

async function create(api: KubeApi, { target, query, request, response }: Exchange): Promise<void> {
  const { type, namespace, name, subresource } = target;
  const body = await readBody(request, 'application/json');
  if (name !== undefined) {
    if (type.plural !== 'pods' || subresource !== 'binding' || namespace === undefined) throw methodNotAllowed();
    return sendJson(response, 201, api.bind(namespace, name, body));
  }
  const { object, warnings } = await api.create(type, {
    namespace,
    body,
    options: {
      dryRun: query.get('dryRun') === 'All',
      fieldManager: query.get('fieldManager') ?? undefined,
      fieldValidation: query.get('fieldValidation') ?? undefined,
    },
  });
  // The text of a warning may hold anything; a header may not.
  const printable = warnings.map((text) => `299 - ${JSON.stringify(text.replace(/[^\x20-\x7e]/g, '?'))}`);
  if (printable.length > 0) response.setHeader('warning', printable);
  sendJson(response, 201, object);
}

async function patch(api: KubeApi, { target, request, response }: Exchange): Promise<void> {
  const { type, namespace, name, subresource } = target;
  if (name === undefined) throw methodNotAllowed();
  if (subresource !== undefined && subresource !== 'status') throw noSuchPath();
  const object = api.patch(type, {
    namespace,
    name,
    patch: await readBody(request, 'application/merge-patch+json'),
    subresource,
  });
  sendJson(response, 200, object);
}

async function remove(api: KubeApi, { target, query, request, response }: Exchange): Promise<void> {
  const { type, namespace, name, subresource } = target;
  if (name === undefined) throw methodNotAllowed();
  if (subresource !== undefined) throw noSuchPath();
  const options = readDeleteOptions(await readBody(request, 'application/json'));
  const gracePeriodSeconds = countParameter(query, 'gracePeriodSeconds') ?? options.gracePeriodSeconds;
  sendJson(response, 200, api.remove(type, { namespace, name, uid: options.uid, gracePeriodSeconds }));
}

function sendJson(response: ServerResponse, code: number, document: unknown): void {
  if (response.destroyed) return;
  response.writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.end(JSON.stringify(document));
}

/** Answers with the Status of the error, or cuts the connection where an answer has begun. */
export function sendError(response: ServerResponse, error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  const { status } = error instanceof StatusError ? error : internalError(why);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // The rest of a body that was not read would be taken for the next request.
  if (status.code === 413) response.setHeader('connection', 'close');
  sendJson(response, status.code, status);
}
