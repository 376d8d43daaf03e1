import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { status } from '@grpc/grpc-js';
import type { AgentFacade } from '../../../agent/api/facade.ts';
import { LIMITS } from '../../../agent/api/grpc/limits.ts';
import { startGrpcApi } from '../../../agent/api/grpc/server.ts';
import { TemperError } from '../../../src/model/errors.ts';
import { AT, CONFIG, fakeFacade, POD, STATUS } from './fake-facade.ts';
import { ask, failure, type Served, serve } from './harness.ts';

const open: Served[] = [];

async function served(facade: AgentFacade): Promise<Served> {
  const made = await serve(facade);
  open.push(made);
  return made;
}

afterEach(async () => {
  for (const made of open.splice(0)) await made.stop();
});

const BY_NAME = { namespace: 'shop', name: 'cart-0' };

test('GetStatus carries all that the status has, and what is null is absent', async () => {
  const { client, observer } = await served(fakeFacade());
  const answer = await ask(client.getStatus.bind(client), {});
  assert.equal(answer.node, 'node-1');
  assert.equal(answer.status, 'enforcing');
  assert.equal('reason' in answer, false);
  assert.equal(answer.sinceMs, AT - 60_000);
  assert.deepEqual(answer.gate[1], {
    id: 'TMP3102',
    check: 'memory',
    verdict: 'warn',
    reason: '80 MB are free',
    remedy: 'Free some memory.',
  });
  assert.deepEqual(
    answer.tiers.map(({ tier, pods, requestMilli }) => [tier, pods, requestMilli]),
    Object.entries(STATUS.tiers).map(([tier, { pods, requestMilli }]) => [tier, pods, requestMilli]),
  );
  assert.deepEqual(answer.layers[0], { name: 'critical-fenced', pods: 1, cpus: 2, cpusUsed: 1.25, util: 0.625 });
  assert.deepEqual(answer.layers[1], { name: 'normal', pods: 3 });
  assert.deepEqual(answer.safeMode, { on: false, sources: [] });
  assert.deepEqual(answer.stockGap, { count: 2, totalMs: 1500 });
  assert.deepEqual(answer.versions, { agent: '0.1.0', scheduler: '1.0.18' });
  assert.equal(answer.scheduler?.lastExit, null);
  assert.deepEqual(answer.pods, []);
  assert.deepEqual(observer.calls, ['GetStatus ok']);
});

test('GetStatus gives the pods when asked, and never more than fit', async () => {
  const facade = fakeFacade();
  const pods = Array.from({ length: LIMITS.pods + 5 }, (_, index) => ({ ...POD, name: `cart-${index}` }));
  const { client } = await served({ ...facade, observe: () => ({ ...facade.observe(), pods }) });
  const answer = await ask(client.getStatus.bind(client), { withPods: true });
  assert.equal(answer.pods.length, LIMITS.pods);
  assert.equal(answer.podsTotal, LIMITS.pods + 5);
  assert.equal(answer.pods[0]?.layer, 'critical-fenced');
});

test('GetLayeredConfig gives the layers as JSON, and cgroup ids beyond 2^53 exactly', async () => {
  const { client } = await served(fakeFacade());
  const answer = await ask(client.getLayeredConfig.bind(client), {});
  assert.deepEqual(JSON.parse(answer.layersJson), CONFIG.layers);
  assert.deepEqual(answer.members, [{ cgroupId: '18446744073709551615', layer: 0 }]);
  assert.equal(answer.inForce, true);
});

test('SetQos and ClearQos take a uid, or a namespace and a name', async () => {
  const facade = fakeFacade();
  const { client } = await served(facade);
  const { change } = await ask(client.setQos.bind(client), { pod: BY_NAME, tier: 'high' });
  assert.deepEqual(change, { uid: POD.uid, namespace: 'shop', name: 'cart-0', tier: 'high' });
  const cleared = await ask(client.clearQos.bind(client), { pod: { uid: POD.uid } });
  assert.equal(cleared.change?.before, 'high');
  assert.deepEqual(facade.calls, [
    ['setQos', { by: 'name', namespace: 'shop', name: 'cart-0' }, 'high'],
    ['clearQos', { by: 'uid', uid: POD.uid }],
  ]);
});

test('a call that is not valid is refused before the agent hears of it, and the value is not repeated', async () => {
  const facade = fakeFacade();
  const { client } = await served(facade);
  const setQos = client.setQos.bind(client);
  const wrong = [
    [{ tier: 'high' }, /pod/],
    [{ pod: BY_NAME, tier: 'system' }, /tier: none of critical, high, normal, low, background/],
    [{ pod: BY_NAME }, /tier/],
    [{ pod: {}, tier: 'high' }, /pod\./],
    [{ pod: { namespace: 'shop' }, tier: 'high' }, /pod\.name/],
    [{ pod: { ...BY_NAME, uid: POD.uid }, tier: 'high' }, /not together/],
    [{ pod: { namespace: 'shop', name: 'x'.repeat(254) }, tier: 'high' }, /longer than 253/],
    [{ pod: { namespace: 'n'.repeat(64), name: 'x' }, tier: 'high' }, /pod\.namespace/],
    [{ pod: { uid: 'u'.repeat(64) }, tier: 'high' }, /pod\.uid/],
    [{ pod: { uid: '../../secret' }, tier: 'high' }, /pod\.uid/],
  ] as const;
  for (const [request, message] of wrong) {
    const { code, id, details } = await failure(ask(setQos, request));
    assert.deepEqual([code, id], [status.INVALID_ARGUMENT, 'TMP3201'], JSON.stringify(request));
    assert.match(details, message);
    assert.doesNotMatch(details, /secret|uuuu|xxxx/);
  }
  const unset = await failure(ask(client.setSafeMode.bind(client), {}));
  assert.equal(unset.id, 'TMP3201');
  assert.deepEqual(facade.calls, []);
});

test('SetSafeMode: absent is refused, false is off, and off names what still holds', async () => {
  const facade = fakeFacade();
  facade.sources = ['namespace-annotation'];
  const { client } = await served(facade);
  const setSafeMode = client.setSafeMode.bind(client);
  const on = await ask(setSafeMode, { on: true });
  assert.deepEqual(on.safeMode?.sources, ['namespace-annotation', 'host-file']);
  const off = await ask(setSafeMode, { on: false });
  assert.equal(off.changed, true);
  assert.deepEqual([off.safeMode?.on, off.safeMode?.sources], [true, ['namespace-annotation']]);
});

test('Explain answers for the node without a pod, and for a pod with its place', async () => {
  const { client } = await served(fakeFacade());
  const explain = client.explain.bind(client);
  const node = await ask(explain, {});
  assert.deepEqual([node.node, node.pod, node.lines.length], ['node-1', null, 2]);
  const pod = await ask(explain, { pod: { uid: POD.uid } });
  assert.equal(pod.pod?.layerReason, POD.layerReason);
  assert.equal(pod.pod?.place?.name, 'cart-0');
  assert.equal('limitMilli' in (pod.pod ?? {}), false);
  assert.deepEqual(pod.lines, POD.lines);
});

test('what the agent refuses has its id and a gRPC code of its own', async () => {
  const codes = [
    ['TMP3204', status.NOT_FOUND],
    ['TMP3205', status.FAILED_PRECONDITION],
    ['TMP3206', status.UNAVAILABLE],
    ['TMP3207', status.FAILED_PRECONDITION],
    ['TMP3208', status.FAILED_PRECONDITION],
    ['TMP3209', status.FAILED_PRECONDITION],
    ['TMP3151', status.INTERNAL],
  ] as const;
  for (const [id, code] of codes) {
    const { client, observer } = await served(
      fakeFacade({
        reload: () => {
          throw new TemperError(id, 'as the test wants it');
        },
      }),
    );
    const failed = await failure(ask(client.reloadScheduler.bind(client), {}));
    assert.deepEqual([failed.code, failed.id], [code, id]);
    assert.match(failed.details, /as the test wants it/);
    assert.deepEqual(observer.calls, [`ReloadScheduler ${id}`]);
  }
});

test('a fault of the agent is told without its message, which may hold a secret', async () => {
  const broken = fakeFacade({ status: () => assert.fail('token=abc') });
  const { client, observer } = await served(broken);
  const failed = await failure(ask(client.getStatus.bind(client), {}));
  assert.deepEqual([failed.code, failed.id], [status.INTERNAL, 'TMP2013']);
  assert.doesNotMatch(failed.details, /token/);
  assert.equal(observer.faults.length, 1);
});

test('an error message stays within what a header may hold', async () => {
  const { client } = await served(
    fakeFacade({
      reload: () => {
        throw new TemperError('TMP3208', 'ä'.repeat(100_000));
      },
    }),
  );
  const failed = await failure(ask(client.reloadScheduler.bind(client), {}));
  assert.equal(failed.id, 'TMP3208');
  assert.equal(failed.details.length, LIMITS.messageChars);
});

test('CaptureTrace says in words that it is not there yet', async () => {
  const { client } = await served(fakeFacade());
  const stream = client.captureTrace({ durationMs: 10 });
  const error = await new Promise<{ code: number; details: string }>((resolve) => {
    stream.on('error', (raised) => resolve(raised as unknown as { code: number; details: string }));
    stream.on('data', () => {});
  });
  assert.equal(error.code, status.UNIMPLEMENTED);
  assert.match(error.details, /^TMP3210: not in this version: /);
});

test('a call without a deadline ends after 30 seconds, and its signal is aborted', async () => {
  let signal: AbortSignal | undefined;
  const begun = Promise.withResolvers<void>();
  const { client, clock } = await served(
    fakeFacade({
      setQos: async (_pod, _tier, given) => {
        signal = given;
        begun.resolve();
        return await new Promise(() => {});
      },
    }),
  );
  const failed = failure(ask(client.setQos.bind(client), { pod: BY_NAME, tier: 'high' }));
  await begun.promise;
  clock.advance(LIMITS.callMs - 1);
  assert.equal(signal?.aborted, false);
  clock.advance(1);
  const { code, id } = await failed;
  assert.deepEqual([code, id], [status.DEADLINE_EXCEEDED, 'TMP3202']);
  assert.equal(signal?.aborted, true);
});

test('a caller who goes away aborts the work', async () => {
  const aborted = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const { client } = await served(
    fakeFacade({
      setQos: async (_pod, _tier, signal) => {
        signal.addEventListener('abort', () => aborted.resolve());
        begun.resolve();
        return await new Promise(() => {});
      },
    }),
  );
  const call = client.setQos({ pod: BY_NAME, tier: 'high' }, () => {});
  await begun.promise;
  call.cancel();
  await aborted.promise;
});

test('so many calls of one method at once and no more; a method that hangs keeps no other out', async () => {
  const gate = Promise.withResolvers<void>();
  const full = Promise.withResolvers<void>();
  let running = 0;
  const facade = fakeFacade();
  const { client } = await served({
    ...facade,
    setQos: async (...args) => {
      running += 1;
      if (running === LIMITS.callsAtOnce) full.resolve();
      await gate.promise;
      return await facade.setQos(...args);
    },
  });
  const setQos = client.setQos.bind(client);
  const request = { pod: BY_NAME, tier: 'high' };
  const admitted = Array.from({ length: LIMITS.callsAtOnce }, () => ask(setQos, request));
  await full.promise;
  const { code, id } = await failure(ask(setQos, request));
  assert.deepEqual([code, id], [status.RESOURCE_EXHAUSTED, 'TMP3203']);
  assert.equal((await ask(client.setSafeMode.bind(client), { on: true })).changed, true);
  gate.resolve();
  await Promise.all(admitted);
  await ask(setQos, request);
});

test('messages are bounded both ways', async () => {
  const facade = fakeFacade();
  const { client } = await served(facade);
  const large = await failure(ask(client.setQos.bind(client), { pod: BY_NAME, tier: 'x'.repeat(LIMITS.requestBytes) }));
  assert.equal(large.code, status.RESOURCE_EXHAUSTED);
  facade.config = { ...CONFIG, layers: ['x'.repeat(LIMITS.responseBytes)] };
  const answer = await failure(ask(client.getLayeredConfig.bind(client), {}));
  assert.equal(answer.code, status.RESOURCE_EXHAUSTED);
  facade.config = CONFIG;
  await ask(client.getLayeredConfig.bind(client), {});
});

test('two servers cannot have one port: the second says so', async () => {
  const { port, clock, observer } = await served(fakeFacade());
  const second = startGrpcApi(`127.0.0.1:${port}`, fakeFacade(), { clock, observer });
  await assert.rejects(second, (error: unknown) => error instanceof TemperError && error.id === 'TMP1201');
});
