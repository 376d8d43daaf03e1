import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { PodObject } from '../standin/api/objects.ts';
import { issue, makeCa } from '../support/certificates.ts';

const ca = makeCa();
const serving = issue(ca, { commonName: 'temper.temper.svc', ips: ['127.0.0.1'] });

export interface Review {
  readonly request: {
    readonly uid: string;
    readonly name?: string;
    readonly object: PodObject;
    readonly dryRun: boolean;
  };
}

export interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly review: Review;
  /** The local port of the client: the same one for a connection that is used again. */
  readonly port: number | undefined;
}

/** Answers in whatever way; `undefined` never answers. */
export type Answer = (review: Review, response: ServerResponse, request: IncomingMessage) => unknown;

export interface FakeWebhook {
  readonly url: string;
  readonly ca: string;
  readonly received: Received[];
  answer: Answer;
  /** Resolves with the next review that arrives. */
  next(): Promise<Received>;
}

/** A webhook over HTTPS whose answer the test decides. */
export async function fakeWebhook(t: { after(undo: () => void): void }, answer: Answer): Promise<FakeWebhook> {
  let arrived: (received: Received) => void = () => {};
  const server = createServer({ cert: serving.cert, key: serving.key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString()) as Review;
      const { url = '', headers, socket } = request;
      const received = { url, headers, review, port: socket.remotePort };
      webhook.received.push(received);
      arrived(received);
      const body = webhook.answer(review, response, request);
      if (body !== undefined) response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const webhook: FakeWebhook = {
    url: `https://127.0.0.1:${port}/mutate`,
    ca: ca.cert,
    received: [],
    answer,
    next: () =>
      new Promise((resolve) => {
        arrived = resolve;
      }),
  };
  return webhook;
}

/** An AdmissionReview that allows, with these JSON patch operations. */
export function allow({ request }: Review, patch: readonly unknown[] = [], more: object = {}): unknown {
  const encoded = Buffer.from(JSON.stringify(patch)).toString('base64');
  const change = patch.length > 0 ? { patchType: 'JSONPatch', patch: encoded } : {};
  const response = { uid: request.uid, allowed: true, ...change, ...more };
  return { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response };
}

/** Operations that give the first container this CPU request. */
export function setCpu(cpu: string): readonly unknown[] {
  return [{ op: 'replace', path: '/spec/containers/0/resources/requests/cpu', value: cpu }];
}
