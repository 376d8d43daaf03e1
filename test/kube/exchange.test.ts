import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { exchange } from '../../src/kube/exchange.ts';
import { RestartError } from '../../src/kube/restart.ts';
import { DEFAULT_SETTINGS } from '../../src/kube/settings.ts';
import type { KubeTransport } from '../../src/kube/transport.ts';
import { FakeClock } from '../support/fake-clock.ts';

function setUp(get: KubeTransport['get']) {
  const { signal } = new AbortController();
  const clock = new FakeClock();
  const heard: number[] = [];
  const context = {
    transport: { get, close: () => {} },
    clock,
    settings: DEFAULT_SETTINGS,
    signal,
    heard: () => heard.push(clock.now()),
  };
  const chunks = exchange(context, { path: '/', accept: 'application/json' });
  const nothingIsLeft = () => {
    assert.deepEqual(clock.pending, []);
    assert.deepEqual(getEventListeners(signal, 'abort'), []);
  };
  return { clock, chunks, heard, nothingIsLeft };
}

function answer(status: number, ...chunks: string[]): KubeTransport['get'] {
  async function* body() {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
  }
  return () => Promise.resolve({ status, headers: {}, body: body(), destroy: () => {} });
}

test('the body comes through, and nothing is left at its end', async () => {
  const { chunks, heard, nothingIsLeft } = setUp(answer(200, 'a', 'b'));
  const found = [];
  for await (const chunk of chunks) found.push(String(chunk));
  assert.deepEqual([found, heard.length], [['a', 'b'], 2]);
  nothingIsLeft();
});

test('nothing is left when the reader leaves early', async () => {
  const { chunks, nothingIsLeft } = setUp(answer(200, 'a', 'b'));
  for await (const _chunk of chunks) break;
  nothingIsLeft();
});

test('nothing is left after a refusal, and it is no contact', async () => {
  const { chunks, heard, nothingIsLeft } = setUp(answer(503, '{"message":"later"}'));
  await assert.rejects(
    chunks.next(),
    (error) => error instanceof RestartError && error.restart.reason === 'server-error',
  );
  assert.equal(heard.length, 0);
  nothingIsLeft();
});

test('silence aborts the request', async () => {
  const { clock, chunks, nothingIsLeft } = setUp(
    (_path, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      }),
  );
  const next = chunks.next();
  clock.advance(DEFAULT_SETTINGS.answerMs);
  await assert.rejects(next, (error) => error instanceof RestartError && error.restart.reason === 'stalled');
  nothingIsLeft();
});
