import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { readClearQos, readExplain, readSetQos, readSetSafeMode } from '../../../agent/api/requests.ts';
import { TemperError } from '../../../src/model/errors.ts';
import { TIERS } from '../../../src/model/tier.ts';
import { fakeFacade } from './fake-facade.ts';
import { ask, serve } from './harness.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('', 'shop', 'cart-0', 'a/b', '..', '0c9a7b1e-6e0b-4f0e-9a63-b8f7f0a2a001'),
);
const podRef = fc.record({ uid: text, namespace: text, name: text });

test('whatever is sent, it is either a pod with Kubernetes’ own names or TMP3201 without the value', () => {
  const request = fc.record({ pod: fc.oneof(podRef, fc.anything()), tier: fc.oneof(text, fc.constantFrom(...TIERS)) });
  fc.assert(
    fc.property(request, (sent) => {
      try {
        const { pod, tier } = readSetQos(sent);
        assert.ok(TIERS.includes(tier));
        const names = pod.by === 'uid' ? [pod.uid] : [pod.namespace, pod.name];
        for (const name of names) assert.match(name, /^[0-9A-Za-z][0-9A-Za-z.-]{0,252}$/);
      } catch (error) {
        if (!(error instanceof TemperError)) throw error;
        assert.equal(error.id, 'TMP3201');
        assert.ok(error.message.length < 500);
      }
    }),
    { numRuns: 500 },
  );
});

test('the other readers throw nothing but TMP3201', () => {
  fc.assert(
    fc.property(fc.anything(), fc.constantFrom(readClearQos, readExplain, readSetSafeMode), (sent, read) => {
      try {
        read(sent);
      } catch (error) {
        assert.ok(error instanceof TemperError && error.id === 'TMP3201');
      }
    }),
    { numRuns: 500 },
  );
});

test('bytes that are no HTTP/2, and connections that say nothing, keep nobody out', async () => {
  const served = await serve(fakeFacade());
  const silent = connect(served.port, '127.0.0.1');
  try {
    await once(silent, 'connect');
    for (let round = 0; round < 5; round += 1) {
      const socket = connect(served.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.end(randomBytes(2_000));
      socket.resume();
      await once(socket, 'close');
    }
    assert.equal((await ask(served.client.getStatus.bind(served.client), {})).node, 'node-1');
  } finally {
    silent.destroy();
    await served.stop();
  }
});
