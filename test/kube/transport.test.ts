import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { anonymousAccess, type RequestCredentials, type ServerAccess } from '../../src/kube/access.ts';
import { createTransport, type KubeResponse } from '../../src/kube/transport.ts';
import { issue, makeCa } from '../support/certificates.ts';

const ca = makeCa();
const serving = issue(ca, { commonName: 'kubernetes', ips: ['127.0.0.1'] });

interface Listening extends AsyncDisposable {
  readonly port: number;
}

async function listen(server: Server): Promise<Listening> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const https = (listener: RequestListener, options = {}) =>
  listen(createHttpsServer({ ...serving, ...options }, listener));
const http = (listener: RequestListener) => listen(createHttpServer(listener));

function access(server: string, credentials: () => Partial<RequestCredentials>): ServerAccess & { renewed: number } {
  return {
    ...anonymousAccess(new URL(server)),
    credentials: () => Promise.resolve({ headers: {}, tls: {}, ...credentials() }),
    renewed: 0,
    renew() {
      this.renewed += 1;
    },
  };
}

function get(to: ServerAccess, path = '/api/v1/nodes'): Promise<KubeResponse> {
  return createTransport(to).get(path, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(20_000),
  });
}

async function text({ body }: KubeResponse): Promise<string> {
  const pieces = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test('status, headers and body come as they are', async () => {
  await using server = await http((_incoming, response) => response.writeHead(418, { 'x-a': 'b' }).end('short'));
  const answer = await get(anonymousAccess(new URL(`http://127.0.0.1:${server.port}`)));
  assert.deepEqual([answer.status, answer.headers['x-a'], await text(answer)], [418, 'b', 'short']);
});

test('a server below a path, as behind a management proxy', async () => {
  await using server = await http((incoming, response) => response.end(incoming.url));
  for (const prefix of ['/k8s/clusters/c-1', '/k8s/clusters/c-1/']) {
    const answer = await get(
      anonymousAccess(new URL(`http://127.0.0.1:${server.port}${prefix}`)),
      '/api/v1/nodes?limit=5',
    );
    assert.equal(await text(answer), '/k8s/clusters/c-1/api/v1/nodes?limit=5');
  }
});

test('credentials are asked for with each request, so a rotated token is used', async () => {
  await using server = await http((incoming, response) => response.end(incoming.headers.authorization));
  let token = 'first';
  const transport = createTransport(
    access(`http://127.0.0.1:${server.port}`, () => ({ headers: { authorization: `Bearer ${token}` } })),
  );
  const options = { headers: {}, signal: AbortSignal.timeout(20_000) };
  assert.equal(await text(await transport.get('/', options)), 'Bearer first');
  token = 'second';
  assert.equal(await text(await transport.get('/', options)), 'Bearer second');
  transport.close();
});

test('401: the credentials are renewed and it is tried once more, not twice', async () => {
  let requests = 0;
  await using server = await http((_incoming, response) => {
    requests += 1;
    response.writeHead(401).end('no');
  });
  const refused = access(`http://127.0.0.1:${server.port}`, () => ({}));
  assert.equal((await get(refused)).status, 401);
  assert.deepEqual([requests, refused.renewed], [2, 1]);
});

test('TLS: trusted by the given CA only', async () => {
  await using server = await https((_incoming, response) => response.end('secret things'));
  const url = `https://127.0.0.1:${server.port}`;
  assert.equal((await get(access(url, () => ({ tls: { ca: ca.cert } })))).status, 200);
  await assert.rejects(get(access(url, () => ({}))), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  await assert.rejects(get(access(url, () => ({ tls: { ca: makeCa().cert } }))), { code: /SIGNATURE|CERT|ISSUER/ });
});

test('TLS: the name is verified, or the one that the kubeconfig gives instead', async () => {
  const byName = issue(ca, { commonName: 'kubernetes' });
  await using server = await https((_incoming, response) => response.end(), byName);
  const url = `https://127.0.0.1:${server.port}`;
  await assert.rejects(get(access(url, () => ({ tls: { ca: ca.cert } }))), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  const named = await get(access(url, () => ({ tls: { ca: ca.cert, servername: 'kubernetes' } })));
  assert.equal(named.status, 200);
});

test('TLS: a renewed client certificate is used at once, not the one of the first request', async () => {
  await using server = await https(
    (incoming, response) => response.end((incoming.socket as TLSSocket).getPeerCertificate().subject.CN),
    { requestCert: true, rejectUnauthorized: false },
  );
  const first = issue(ca, { commonName: 'first' });
  const second = issue(ca, { commonName: 'second' });
  let client = first;
  const transport = createTransport(
    access(`https://127.0.0.1:${server.port}`, () => ({ tls: { ca: ca.cert, ...client } })),
  );
  const options = { headers: {}, signal: AbortSignal.timeout(20_000) };
  assert.equal(await text(await transport.get('/', options)), 'first');
  client = second;
  assert.equal(await text(await transport.get('/', options)), 'second');
  transport.close();
});

test('basic authentication', async () => {
  await using server = await http((incoming, response) => response.end(incoming.headers.authorization));
  const answer = await get(access(`http://127.0.0.1:${server.port}`, () => ({ auth: 'me:pw' })));
  assert.equal(await text(answer), `Basic ${Buffer.from('me:pw').toString('base64')}`);
});

test('whoever waits for credentials that never come can leave', async () => {
  const stuck = { ...anonymousAccess(new URL('http://127.0.0.1:1')), credentials: () => new Promise<never>(() => {}) };
  const controller = new AbortController();
  const pending = createTransport(stuck).get('/', { headers: {}, signal: controller.signal });
  controller.abort(new Error('enough'));
  await assert.rejects(pending, /enough/);
});

test('credentials that fail after everybody has left are no unhandled rejection', async () => {
  let fail = (_error: Error) => {};
  const credentials = () =>
    new Promise<never>((_, reject) => {
      fail = reject;
    });
  const controller = new AbortController();
  const late = { ...anonymousAccess(new URL('http://127.0.0.1:1')), credentials };
  const pending = createTransport(late).get('/', { headers: {}, signal: controller.signal });
  controller.abort(new Error('enough'));
  await assert.rejects(pending, /enough/);
  fail(new Error('too late'));
  await new Promise((resolve) => setImmediate(resolve));
});
