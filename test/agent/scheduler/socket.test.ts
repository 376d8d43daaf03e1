import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { LineSocket } from '../../../agent/scheduler/line-socket.ts';
import { readReply } from '../../../agent/scheduler/reply.ts';
import { readStatistics, statisticsAt } from '../../../agent/scheduler/statistics.ts';
import { FakeClock } from '../../support/fake-clock.ts';

async function serve(t: TestContext, serve: (socket: Socket, line: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'temper-socket-'));
  const path = join(folder, 'stats');
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => serve(socket, data.toString()));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { path, sockets, clock: new FakeClock() };
}

const GOOD =
  '{"errno":0,"args":{"resp":{"at":1,"util":null,"new":[],"layers":{"a":{"index":0,"tasks":3,"util":null,"cpus":[255]}}}}}';

test('asks as the protocol wants it and keeps one connection', async (t) => {
  const lines: string[] = [];
  const { path, sockets, clock } = await serve(t, (socket, line) => {
    lines.push(line);
    // In pieces: a line is whole when its end is there.
    socket.write(GOOD.slice(0, 20));
    setImmediate(() => socket.write(`${GOOD.slice(20)}\n`));
  });
  const session = statisticsAt(path, clock).open();
  t.after(() => session.close());
  for (let index = 0; index < 3; index += 1) {
    const { layers } = await session.read();
    assert.equal(layers['a']?.tasks, 3);
    assert.equal(layers['a']?.util, null);
  }
  assert.equal(sockets.length, 1);
  assert.deepEqual(lines, Array(3).fill('{"req":"stats","args":{"target":"top"}}\n'));
});

test('each bad answer is a failure with a reason, and the next question has a new connection', async (t) => {
  const bad: ReadonlyArray<[string, RegExp]> = [
    ['no json\n', /no JSON/],
    ['{"errno":0}\n', /not understood/],
    ['{"errno":22,"args":{"resp":"unknown"}}\n', /error 22: unknown/],
    ['{"errno":0,"args":{"resp":{"layers":[1]}}}\n', /not understood/],
    ['{"errno":0,"args":{"resp":{"layers":{"a":{"tasks":"many"}}}}}\n', /not understood/],
    ['[]\n', /not understood/],
    [`${GOOD}\n${GOOD}\n`, /nobody asked/],
    ['x'.repeat(1_100_000), /too long/],
  ];
  for (const [text, reason] of bad) {
    const { path, clock } = await serve(t, (socket) => socket.write(text));
    const session = statisticsAt(path, clock).open();
    await assert.rejects(session.read(), reason);
    session.close();
  }
});

test('silence ends in time, an end at once, and a socket that is not there too', async (t) => {
  const { path, clock } = await serve(t, (socket, line) => line.includes('end') && socket.end());
  const socket = new LineSocket(path, clock);
  const silent = socket.ask({ req: 'stats' }, 2_000);
  await assert.rejects(socket.ask({}, 10), /open already/);
  clock.advance(2_000);
  await assert.rejects(silent, /no answer within 2000 ms/);
  await assert.rejects(socket.ask({ req: 'end' }, 2_000), /connection ended/);
  await assert.rejects(new LineSocket(`${path}-none`, clock).ask({}, 2_000), /ENOENT/);
  assert.deepEqual(clock.pending, [], 'no timer is left');
});

test('no value can make a reader do anything but answer or refuse', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const read of [readReply, readStatistics]) {
        try {
          read(value);
        } catch (error) {
          assert.match((error as Error).message, /not understood/);
        }
      }
    }),
  );
});
