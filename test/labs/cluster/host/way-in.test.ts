import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { openInside, openOutside } from './way-in.ts';

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** A server inside, and a call from outside. */
async function call(t: TestContext, serve: (socket: Socket) => void): Promise<Socket> {
  const folder = mkdtempSync(join(tmpdir(), 'temper-way-in-'));
  const served = createServer({ allowHalfOpen: true }, serve);
  served.listen(0, '127.0.0.1');
  await once(served, 'listening');
  const socket = join(folder, 'way-in.sock');
  const inside = await openInside(socket, '127.0.0.1', portOf(served));
  const outside = await openOutside('127.0.0.1', 0, socket);
  t.after(() => {
    for (const server of [served, inside, outside]) server.close();
    rmSync(folder, { recursive: true });
  });
  return connect({ host: '127.0.0.1', port: portOf(outside), allowHalfOpen: true });
}

test('what is said is heard inside, and answered outside even after the caller has said all', {
  timeout: 10_000,
}, async (t) => {
  const caller = await call(t, (socket) => void text(socket).then((said) => socket.end(`heard ${said}`)));
  caller.end('this');
  assert.equal(await text(caller), 'heard this');
});

test('a connection that breaks inside ends outside', { timeout: 10_000 }, async (t) => {
  const caller = await call(t, (socket) => void socket.once('data', () => socket.resetAndDestroy()));
  caller.on('error', () => {});
  caller.write('x');
  caller.resume();
  await once(caller, 'end');
});
