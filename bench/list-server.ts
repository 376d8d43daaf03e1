// The API server of bench/list.ts, as a process of its own: lists N generated nodes in pages, whole or
// metadata only, and holds watches open. Says `{ port }` to its parent.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { generateNode } from './list-nodes.ts';

const count = Number(process.argv[2]);
const nodes = Array.from({ length: count }, (_, index) => generateNode(index));
const VERSION = '900000';

const server = createServer((incoming, response) => {
  const query = new URL(incoming.url ?? '/', 'http://localhost').searchParams;
  response.setHeader('content-type', 'application/json');
  if (query.has('watch')) response.flushHeaders();
  else Readable.from(list(incoming, query)).pipe(response);
});

function* list({ headers }: IncomingMessage, query: URLSearchParams): Generator<string | Buffer> {
  const partial = headers.accept?.includes('as=PartialObjectMetadataList') === true;
  const kind = partial
    ? { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' }
    : { kind: 'NodeList', apiVersion: 'v1' };
  const from = Number(query.get('continue') ?? 0);
  const to = Math.min(count, from + Number(query.get('limit') ?? count));
  const rest = to < count ? { continue: String(to), remainingItemCount: count - to } : {};
  yield `${JSON.stringify({ ...kind, metadata: { resourceVersion: VERSION, ...rest } }).slice(0, -1)},"items":[`;
  for (const [index, node] of nodes.slice(from, to).entries()) {
    if (index > 0) yield ',';
    yield partial ? node.metadataOnly : node.full;
  }
  yield ']}';
}

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.once('disconnect', () => process.exit());
