import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { InFlight } from '../../src/service/http/in-flight.ts';
import { createServer } from '../../src/service/http/server.ts';
import { webhookRoutes } from '../../webhooks/routes.ts';
import { recordedWebhook } from '../support/recorded-webhook.ts';
import { serviceConfig } from '../support/service-config.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

function server(flags: Record<string, string> = {}, inFlight = new InFlight(1_048_576), isDraining = false) {
  const refused: string[] = [];
  const failed: unknown[] = [];
  const app = createServer({
    config: serviceConfig(flags),
    observer: { refused: (id) => refused.push(id), failed: (error) => failed.push(error) },
    isDraining: () => isDraining,
    inFlight,
  });
  webhookRoutes(app, recordedWebhook().webhook);
  app.get('/bug', () => {
    throw new Error('hunter2');
  });
  return { app, refused, failed, inFlight };
}

const post = (app: FastifyInstance, payload: string | Buffer, headers: Record<string, string> = JSON_TYPE) =>
  app.inject({ method: 'POST', url: '/mutate', payload, headers });

test('each wrong request gets its own id and a remedy, and is counted', async () => {
  const { app, refused } = server({ 'server-body-limit-bytes': '131072' });
  const cases: Array<[status: number, id: string, answer: Awaited<ReturnType<typeof post>>]> = [
    [400, 'TMP2001', await post(app, '{"request":')],
    [400, 'TMP2001', await post(app, '')],
    [400, 'TMP2001', await post(app, Buffer.from([0xff, 0xfe]))],
    [400, 'TMP2009', await post(app, '['.repeat(65_537))],
    [400, 'TMP2004', await post(app, '{}')],
    [400, 'TMP2004', await post(app, '[1,2]')],
    [413, 'TMP2002', await post(app, JSON.stringify({ a: 'x'.repeat(140_000) }))],
    [415, 'TMP2003', await post(app, '{}', { 'content-type': 'application/yaml' })],
    [415, 'TMP2003', await post(app, '{}', { 'content-type': 'multipart/form-data; boundary=x' })],
    [404, 'TMP2006', await app.inject({ method: 'POST', url: '/mutate/x', payload: '{}', headers: JSON_TYPE })],
    [404, 'TMP2006', await app.inject({ method: 'GET', url: '/%00..%2f' })],
    [405, 'TMP2007', await app.inject({ method: 'GET', url: '/mutate' })],
    [405, 'TMP2007', await app.inject({ method: 'DELETE', url: '/mutate' })],
  ];
  for (const [status, id, answer] of cases) {
    assert.equal(answer.statusCode, status, `${id} ${answer.body}`);
    const { error } = answer.json<{ error: { id: string; message: string; remedy: string } }>();
    assert.equal(error.id, id);
    assert.ok(error.message.length > 0 && error.remedy.length > 0);
  }
  assert.equal(cases[11]?.[2].headers['allow'], 'POST');
  // TMP2004 is answered by the route itself.
  assert.deepEqual(
    [...refused].sort(),
    cases
      .map(([, id]) => id)
      .filter((id) => id !== 'TMP2004')
      .sort(),
  );
});

test('a content type with parameters is JSON all the same', async () => {
  const answer = await post(server().app, '{}', { 'content-type': 'application/json; charset=utf-8' });
  assert.equal(answer.json<{ error: { id: string } }>().error.id, 'TMP2004');
});

test('a fault of ours is told apart, and its message stays inside', async () => {
  const { app, failed } = server();
  const answer = await app.inject({ url: '/bug' });
  assert.equal(answer.statusCode, 500);
  assert.match(answer.body, /TMP2013/);
  assert.doesNotMatch(answer.body, /hunter2/);
  assert.equal(failed.length, 1);
});

test('bodies in flight are bounded together, and give back what they held', async () => {
  const { app, refused, inFlight } = server({}, new InFlight(1_048_576));
  const held = inFlight.reserve(1_048_500);
  const busy = await post(app, JSON.stringify({ a: 'x'.repeat(20_000) }));
  assert.deepEqual([busy.statusCode, busy.headers['retry-after'], refused], [429, '1', ['TMP2008']]);
  held?.();
  assert.equal((await post(app, '{}')).statusCode, 400);
  assert.equal(inFlight.bytes, 0);
});

test('what was reserved is given back once, whatever happens', () => {
  const inFlight = new InFlight(10);
  const release = inFlight.reserve(10);
  assert.equal(inFlight.reserve(1), null);
  release?.();
  release?.();
  assert.equal(inFlight.bytes, 0);
});

test('while draining, answers ask the client to close', async () => {
  const request = 'POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}';
  const draining = await raw(server({}, undefined, true).app, request);
  assert.match(draining, /^HTTP\/1\.1 400 [\s\S]*connection: close/i);
  const closing = request.replace('host: x', 'host: x\r\nconnection: close');
  assert.match(await raw(server().app, request + closing), /connection: keep-alive[\s\S]*connection: close/i);
});

/** Sends raw bytes on a connection of their own and returns all that comes back. */
async function raw(app: FastifyInstance, bytes: string): Promise<string> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.write(bytes);
  await once(socket, 'close');
  await app.close();
  return text;
}

test('bytes that are no HTTP are answered once, with an id', async () => {
  const { app, refused } = server();
  const answer = await raw(app, '\u0016\u0003\u0001 this is a TLS hello\r\n\r\n');
  assert.match(answer, /^HTTP\/1\.1 400 /);
  assert.match(answer, /TMP2012/);
  assert.deepEqual(refused, ['TMP2012']);
});

test('headers without end are refused', async () => {
  const { app } = server();
  assert.match(await raw(app, `GET / HTTP/1.1\r\nx: ${'a'.repeat(20_000)}`), /^HTTP\/1\.1 431 /);
});

test('a client that vanishes in mid-body leaves nothing behind', async () => {
  const { app, inFlight } = server();
  await app.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  const reading = once(app.server, 'request');
  socket.write(
    'POST /mutate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 50000\r\n\r\n{"request":',
  );
  const [, response] = (await reading) as [unknown, NodeJS.EventEmitter];
  assert.equal(inFlight.bytes, 50_000);
  const gone = once(response, 'close');
  socket.resetAndDestroy();
  await gone;
  assert.equal(inFlight.bytes, 0);
  await app.close();
});
