import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodePath, patchAnnotations } from '../../src/kube/patch.ts';
import type { WriteOutcome } from '../../src/kube/write.ts';
import { statusObject } from '../support/faulty-api.ts';
import { type SeenWrite, startWriteServer, type WriteServer } from './write-server.ts';

const TARGET = { path: nodePath('node-1'), fieldManager: 'temper-agent' };

const patch = ({ writer }: WriteServer): Promise<WriteOutcome> => patchAnnotations(writer, TARGET, { a: '1', b: null });

function answer({ response }: SeenWrite, code: number, headers: Record<string, string> = {}, body?: unknown): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body ?? statusObject(code, 'Because', 'as the test wants it')));
}

test('one merge patch with an own field manager, that asks for no more than metadata', async () => {
  await using server = await startWriteServer();
  const pending = patch(server);
  const seen = await server.writes.next();
  assert.deepEqual(
    [seen.method, seen.path, String(seen.query)],
    ['PATCH', '/api/v1/nodes/node-1', 'fieldManager=temper-agent'],
  );
  assert.equal(seen.headers['content-type'], 'application/merge-patch+json');
  assert.match(seen.headers.accept ?? '', /as=PartialObjectMetadata/);
  assert.equal(seen.headers['content-length'], String(seen.body.length));
  assert.deepEqual(JSON.parse(seen.body), { metadata: { annotations: { a: '1', b: null } } });
  answer(seen, 200, {}, { kind: 'Node' });
  assert.deepEqual(await pending, { outcome: 'ok' });
  assert.deepEqual(server.clock.pending, []);
});

test('writes one after the other share a connection', async () => {
  await using server = await startWriteServer();
  for (const code of [200, 403, 200]) {
    const pending = patch(server);
    answer(await server.writes.next(), code);
    await pending;
  }
  assert.equal(server.connections, 1);
});

test('a name cannot lead elsewhere', () => assert.equal(nodePath('../pods?x'), '/api/v1/nodes/..%2Fpods%3Fx'));

const outcomes: ReadonlyArray<readonly [code: number, outcome: WriteOutcome['outcome'], retryAfterMs?: number]> = [
  [200, 'ok'],
  [201, 'ok'],
  [403, 'forbidden'],
  [404, 'gone'],
  [410, 'gone'],
  [409, 'conflict'],
  [400, 'rejected'],
  [413, 'rejected'],
  [422, 'rejected'],
  [302, 'rejected'],
  [429, 'unavailable', 7_000],
  [500, 'unavailable', 7_000],
  [503, 'unavailable', 7_000],
];
for (const [code, outcome, retryAfterMs] of outcomes) {
  test(`${code} is ${outcome}`, async () => {
    await using server = await startWriteServer();
    const pending = patch(server);
    answer(await server.writes.next(), code, { 'retry-after': '7' });
    const detail = `${code} as the test wants it`;
    const rest = outcome === 'ok' ? {} : { detail, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    assert.deepEqual(await pending, { outcome, ...rest });
  });
}

test('401 once: tried again with new credentials; twice: forbidden', async () => {
  await using server = await startWriteServer();
  const first = patch(server);
  answer(await server.writes.next(), 401);
  const again = await server.writes.next();
  assert.equal(JSON.parse(again.body).metadata.annotations.a, '1');
  answer(again, 200);
  assert.equal((await first).outcome, 'ok');
  const second = patch(server);
  answer(await server.writes.next(), 401);
  answer(await server.writes.next(), 401);
  assert.equal((await second).outcome, 'forbidden');
});

test('the longest wait that a server may ask for is bounded, however it asks', async () => {
  await using server = await startWriteServer();
  const asked = async (headers: Record<string, string>, body: unknown) => {
    const pending = patch(server);
    answer(await server.writes.next(), 429, headers, body);
    const outcome = await pending;
    return outcome.outcome === 'unavailable' ? outcome.retryAfterMs : -1;
  };
  assert.equal(await asked({ 'retry-after': '99999' }, {}), 300_000);
  assert.equal(await asked({}, { details: { retryAfterSeconds: 99_999 } }), 300_000);
  assert.equal(await asked({}, { details: { retryAfterSeconds: 3 } }), 3_000);
  assert.equal(await asked({}, 'no status'), 0);
});

const breaks: ReadonlyArray<readonly [what: string, how: (write: SeenWrite) => void]> = [
  ['a reset before the answer', ({ socket }) => socket.resetAndDestroy()],
  ['the end before the answer', ({ socket }) => socket.end()],
  [
    'a refusal cut short',
    ({ response, socket }) => {
      response.writeHead(503, { 'content-length': '100' }).write('{"mess', () => socket.resetAndDestroy());
    },
  ],
  ['no HTTP', ({ socket }) => socket.end('hello\r\n')],
];
for (const [what, how] of breaks) {
  test(`${what} is unavailable`, async () => {
    await using server = await startWriteServer();
    const pending = patch(server);
    how(await server.writes.next());
    assert.equal((await pending).outcome, 'unavailable');
    assert.deepEqual(server.clock.pending, []);
  });
}

test('an answer that is cut short is done all the same', async () => {
  await using server = await startWriteServer();
  const pending = patch(server);
  const { response, socket } = await server.writes.next();
  response.writeHead(200, { 'content-length': '100' }).write('{"kind', () => socket.resetAndDestroy());
  assert.equal((await pending).outcome, 'ok');
});

test('an answer without end is not read for ever', async () => {
  await using server = await startWriteServer();
  const pending = patch(server);
  const { response } = await server.writes.next();
  const more = Buffer.alloc(256 * 1024, ' ');
  const send = (): void => {
    if (!response.destroyed) response.write(more, () => setImmediate(send));
  };
  send();
  assert.equal((await pending).outcome, 'ok');
});

test('silence: given up at the deadline, and the connection with it', async () => {
  await using server = await startWriteServer();
  const pending = patch(server);
  const { socket } = await server.writes.next();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  server.clock.advance(9_999);
  server.clock.advance(1);
  assert.deepEqual(await pending, { outcome: 'unavailable', detail: 'no answer within 10000 ms', retryAfterMs: 0 });
  await closed;
});
