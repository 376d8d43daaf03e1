// The service with a certificate of its own, over real sockets: an API server in front, a client that trusts what was published.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createTransport } from '../../src/kube/transport.ts';
import { type Service, startService } from '../../src/service/run.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { systemClock } from '../../src/telemetry/system-clock.ts';
import { until } from '../support/embedded.ts';
import { serviceConfig } from '../support/service-config.ts';

interface State {
  version: number;
  data: Record<string, string | null>;
  caBundle: string | undefined;
}

type Answer = readonly [status: number, object: object];

/** Empty lists, watches that stay open, one Secret and one webhook configuration. */
function api(state: State) {
  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = incoming.url ?? '';
    if (url.includes('watch=true')) {
      response.writeHead(200).flushHeaders();
      return;
    }
    const body = await bodyOf(incoming);
    const [status, object] = url.includes('/secrets/') ? secret(state, body) : other(state, url, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(object));
  };
}

async function bodyOf(incoming: IncomingMessage) {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  return pieces.length === 0 ? null : JSON.parse(Buffer.concat(pieces).toString());
}

function secret(state: State, patch: { metadata: { resourceVersion: string }; data: State['data'] } | null): Answer {
  if (patch !== null) {
    if (patch.metadata.resourceVersion !== String(state.version)) return [409, { message: 'conflict' }];
    Object.assign(state, { data: { ...state.data, ...patch.data }, version: state.version + 1 });
  }
  const data = Object.fromEntries(Object.entries(state.data).filter(([, value]) => value !== null));
  return [200, { metadata: { resourceVersion: String(state.version) }, data }];
}

function other(
  state: State,
  url: string,
  patch: { webhooks: Array<{ clientConfig: { caBundle: string } }> } | null,
): Answer {
  if (!url.includes('mutatingwebhook')) {
    return [200, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] }];
  }
  state.caBundle = patch?.webhooks[0]?.clientConfig.caBundle ?? state.caBundle;
  const clientConfig = state.caBundle === undefined ? {} : { caBundle: state.caBundle };
  return [200, { webhooks: [{ name: 'overcommit.temper.codes', clientConfig }] }];
}

/** The status of a request that trusts `ca` alone, or why it came to none. */
function ask(port: number, ca: string): Promise<number | string> {
  return new Promise((resolve) => {
    const servername = 'temper-control.temper.svc';
    const outgoing = request({
      port,
      host: '127.0.0.1',
      path: '/mutate',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      ca,
      servername,
      agent: false,
    });
    outgoing.on('response', (response) => resolve(response.resume().statusCode ?? 0));
    outgoing.on('error', (error) => resolve((error as { code?: string }).code ?? error.message));
    outgoing.end('{}');
  });
}

test('two replicas serve one certificate, which whoever goes by the published CA trusts; not ready before', async (t) => {
  const state: State = { version: 1, data: {}, caBundle: undefined };
  const server = createServer(api(state));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const config = serviceConfig({
    'extender-enabled': 'false',
    'server-tls-self-secret': 'temper-control-tls',
    'server-tls-self-service': 'temper-control',
    'server-tls-self-webhook-configuration': 'temper-overcommit',
    'server-drain-ms': '0',
  });
  const start = (): Promise<Service> => {
    const access = {
      server: origin,
      source: 'test',
      credentials: () => Promise.resolve({ headers: {}, tls: {} }),
      renew: () => {},
    };
    const parts = {
      metrics: new Metrics(),
      logger: createLogger('test', 'silent'),
      clock: systemClock,
      random: Math.random,
    };
    return startService({ config, transport: createTransport(access), ...parts });
  };
  const replicas = await Promise.all([start(), start()]);
  t.after(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    server.closeAllConnections();
    server.close();
  });

  const readiness = (port = 0) => fetch(`http://127.0.0.1:${port}/readyz`).then((response) => response.status);
  for (const { ports } of replicas) await until('ready', async () => (await readiness(ports['ops'])) === 200);
  await until('published', () => state.caBundle !== undefined);
  const ca = Buffer.from(state.caBundle ?? '', 'base64').toString();
  for (const { ports } of replicas) assert.equal(await ask(ports['https'] ?? 0, ca), 400, 'understood, and no review');
  assert.equal(state.version, 2, 'one of the two wrote');
  assert.notEqual(typeof (await ask(replicas[0]?.ports['https'] ?? 0, '')), 'number', 'trusted by nobody else');
});
