import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { embedded, until } from '../support/embedded.ts';
import { fixture } from '../support/fixtures.ts';
import { httpsClient } from '../support/https-client.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';

const MIB = 1_048_576;

async function open({ ports, ca }: ServiceProcess): Promise<TLSSocket> {
  const socket = connect({ port: ports.get('https') ?? 0, host: '127.0.0.1', ca: ca.cert });
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  return socket;
}

const head = (length: number): string =>
  `POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

/** Everything that a connection sends until it ends. */
async function rest(socket: TLSSocket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  await once(socket, 'close');
  return text;
}

test('clients that dawdle are shown out, bodies in flight stay bounded, and everyone else is served', async (t) => {
  const cluster = await embedded();
  // Long enough for all of them to be there at once on a busy machine.
  const server = { requestTimeoutMs: 4_000, inFlightBytes: 16 * MIB, bodyLimitBytes: 4 * MIB };
  const service = startServiceProcess({ kubeconfig: cluster.kubeconfig, settings: { server } });
  const client = httpsClient(service.ca.cert, 4);
  t.after(async () => {
    client.close();
    await service.stop();
    await cluster.close();
  });
  await service.ready();
  const port = service.ports.get('https') ?? 0;
  const review = fixture('admission/shop-burstable-create.json');

  // Half a head, and bodies of which only the beginning ever comes.
  const halfHead = await open(service);
  halfHead.write('POST /mutate HT');
  const halfHeadAnswer = rest(halfHead);
  const bodies = await Promise.all(Array.from({ length: 4 }, () => open(service)));
  for (const socket of bodies) socket.write(`${head(4 * MIB)}{"request":`);
  const bodyAnswers = bodies.map(rest);
  const small = async (): Promise<number> => (await client.post(port, '/mutate', review)).status;
  const large = async (): Promise<number> => (await client.post(port, '/mutate', review.padEnd(MIB))).status;
  await until('the bound is reached', async () => (await large()) === 429);
  assert.equal(await small(), 200, 'pods of usual size are let through');

  assert.match(await halfHeadAnswer, /^HTTP\/1\.1 408 [\s\S]*TMP2011/);
  for (const answer of await Promise.all(bodyAnswers)) assert.match(answer, /^HTTP\/1\.1 408 [\s\S]*TMP2011/);
  await until('what they held is given back', async () => (await large()) === 200);

  // Many that open a connection and say nothing hold no body, so they are in nobody's way.
  const silent = await Promise.all(Array.from({ length: 200 }, () => open(service)));
  assert.equal(await small(), 200);
  for (const socket of silent) socket.destroy();
  const metrics = await (await fetch(`http://127.0.0.1:${service.ports.get('ops')}/metrics`)).text();
  assert.match(metrics, /temper_service_refused_requests_total\{error="TMP2008"\} [1-9]/);
  assert.match(metrics, /temper_service_refused_requests_total\{error="TMP2011"\} [1-9]/);
});
