import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { anonymousAccess } from '../../src/kube/access.ts';
import { createListWatch } from '../../src/kube/list-watch.ts';
import { DEFAULT_SETTINGS } from '../../src/kube/settings.ts';
import { createTransport } from '../../src/kube/transport.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { body, status } from '../support/faults.ts';
import { startFaultyApi } from '../support/faulty-api.ts';
import { createQueue } from '../support/queue.ts';
import { createHarness, type Harness, heard, readThing } from './harness.ts';

const { healthyMs } = DEFAULT_SETTINGS;

/** The waits after the next restarts, each passed at once. */
async function waits(harness: Harness, count: number): Promise<number[]> {
  const found = [];
  for (let index = 0; index < count; index += 1) {
    await harness.restarts.next();
    const wait = harness.clock.pending[0] ?? 0;
    found.push(wait);
    harness.clock.advance(wait);
  }
  return found;
}

test('429 with Retry-After in seconds and as a date, plus jitter, bounded', async () => {
  await using harness = await createHarness();
  const date = new Date(harness.clock.now() + 7_250 + 20_000).toUTCString();
  for (const after of ['7', date, '86400']) harness.api.fault('list', status(429, { 'retry-after': after }));
  harness.api.fault('list', status(429));
  harness.listWatch.start();
  const [seconds = 0, untilDate = 0, bounded = 0, without = 0] = await waits(harness, 4);
  assert.equal(seconds, 7_250);
  assert.ok(untilDate >= 19_500 && untilDate <= 20_500, String(untilDate));
  assert.equal(bounded, 301_000);
  assert.equal(without, 2_000);
  await harness.api.watch();
  assert.deepEqual(harness.problems, []);
});

test('a watch is throttled in the same way and goes on from its version', async () => {
  await using harness = await createHarness();
  harness.api.fault('watch', status(429, { 'retry-after': '3' }));
  harness.listWatch.start();
  assert.deepEqual(await waits(harness, 1), [3_250]);
  await harness.api.watch();
  const asked = [await harness.api.request('watch'), await harness.api.request('watch')];
  assert.equal(new Set(asked.map(({ query }) => query.get('resourceVersion'))).size, 1);
});

for (const code of [401, 403]) {
  test(`${code}: said once, tried again slowly after a few times, and said when it is over`, async () => {
    await using harness = await createHarness();
    // A refused token is tried once more with what is valid then.
    for (let tries = code === 401 ? 12 : 6; tries > 0; tries -= 1) harness.api.fault('list', status(code));
    harness.listWatch.start();
    assert.deepEqual(await waits(harness, 6), [250, 500, 1_000, 2_000, 45_000, 45_000]);
    assert.deepEqual(harness.problems, ['TMP3002']);
    assert.match(harness.messages[0] ?? '', new RegExp(`${code} as the test wants it`));
    const watch = await harness.api.watch();
    await heard(harness);
    harness.clock.advance(healthyMs);
    watch.sendRaw(' ');
    await heard(harness);
    assert.deepEqual(harness.problems, ['TMP3002', 'recovered']);
  });
}

test('403 to a watch after an allowed list: no list again, and no recovery in between', async () => {
  await using harness = await createHarness();
  for (let tries = 0; tries < 3; tries += 1) harness.api.fault('watch', status(403));
  harness.listWatch.start();
  await waits(harness, 3);
  await harness.api.watch();
  await harness.api.request('list');
  assert.deepEqual(harness.problems, ['TMP3002']);
  assert.equal(harness.listWatch.store.size, 3);
});

test('server errors: backed off with a growing wait, said once', async () => {
  await using harness = await createHarness();
  for (const code of [500, 502, 503, 504]) harness.api.fault('list', status(code));
  harness.listWatch.start();
  assert.deepEqual(await waits(harness, 4), [250, 500, 1000, 2000]);
  assert.deepEqual(harness.problems, ['TMP3003']);
});

test('a server error may say when to come back', async () => {
  await using harness = await createHarness();
  harness.api.fault('list', status(503, { 'retry-after': '10' }));
  harness.listWatch.start();
  assert.deepEqual(await waits(harness, 1), [10_250]);
});

test('a problem of another kind is said too', async () => {
  await using harness = await createHarness();
  for (const code of [500, 403, 403, 500, 404]) harness.api.fault('list', status(code));
  harness.listWatch.start();
  await waits(harness, 5);
  assert.deepEqual(harness.problems, ['TMP3003', 'TMP3002', 'TMP3003', 'TMP3004']);
});

test('what is not served is told apart from what is refused', async () => {
  await using harness = await createHarness();
  harness.api.fault('list', status(404));
  harness.listWatch.start();
  assert.equal(await harness.restarts.next(), 'absent');
});

test('redirects are not followed: the credentials are for this server', async () => {
  await using harness = await createHarness();
  harness.api.fault('list', status(302, { location: 'http://127.0.0.1:1/' }));
  harness.listWatch.start();
  assert.equal(await harness.restarts.next(), 'rejected');
  assert.deepEqual(harness.problems, ['TMP3004']);
});

test('the wait begins small again after a healthy stretch, and not after a short one', async () => {
  await using harness = await createHarness();
  for (let tries = 0; tries < 3; tries += 1) harness.api.fault('list', status(500));
  harness.listWatch.start();
  await waits(harness, 3);
  const short = await harness.api.watch();
  await heard(harness);
  harness.clock.advance(healthyMs - 1);
  short.reset();
  assert.deepEqual(await waits(harness, 1), [2000]);
  const healthy = await harness.api.watch();
  await heard(harness);
  harness.clock.advance(healthyMs);
  healthy.sendRaw(' ');
  await heard(harness);
  healthy.reset();
  assert.deepEqual(await waits(harness, 1), [250]);
});

test('the body of a refusal is not believed: bounded, one line, nothing else of it is kept', async () => {
  await using harness = await createHarness();
  const message = `line one\nline two \u001b[31m${'x'.repeat(1000)}`;
  const text = JSON.stringify({ message, details: { secret: 's3cret' } });
  harness.api.fault('list', ({ response }) => response.writeHead(500).end(text));
  harness.listWatch.start();
  await waits(harness, 1);
  const [told = ''] = harness.messages;
  assert.match(told, /500 line one line two/);
  assert.ok(told.length < 400);
  assert.doesNotMatch(told, /s3cret|[\p{Cc}]/u);
});

test('a refusal that never ends', async () => {
  await using harness = await createHarness();
  harness.api.fault('list', ({ response }) => {
    const endless = new Readable({ read: () => void endless.push('y'.repeat(10_000)) });
    endless.pipe(response.writeHead(500));
  });
  harness.listWatch.start();
  assert.equal(await harness.restarts.next(), 'server-error');
});

test('nobody listens: backed off, and found when somebody does', async () => {
  const api = await startFaultyApi();
  await api.close();
  const clock = new FakeClock();
  const restarts = createQueue<string>();
  const problems: string[] = [];
  const transport = createTransport(anonymousAccess(api.url));
  const listWatch = createListWatch({
    resource: { name: 'things', path: '/api/v1/things', read: readThing },
    transport,
    clock,
    random: () => 0.5,
    observer: {
      restarted: (_resource, reason) => restarts.push(reason),
      unreadable: () => {},
      problem: (_resource, error) => problems.push(error.message),
      recovered: () => {},
    },
  });
  listWatch.start();
  for (const wait of [250, 500, 1000]) {
    assert.equal(await restarts.next(), 'unreachable');
    assert.deepEqual(clock.pending, [wait]);
    clock.advance(wait);
  }
  await listWatch.stop();
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? '', /^TMP3003: .*ECONNREFUSED/);
});

test('a host that does not exist', async () => {
  const transport = createTransport(anonymousAccess(new URL('http://host.invalid:1')));
  const { signal } = new AbortController();
  await assert.rejects(transport.get('/', { headers: {}, signal }), { code: /ENOTFOUND|EAI_AGAIN/ });
});

test('something that does not speak HTTP', async () => {
  await using harness = await createHarness();
  harness.api.fault('list', ({ socket }) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
  harness.listWatch.start();
  assert.equal(await harness.restarts.next(), 'unreachable');
});

test('credentials that cannot be had are a reason to wait, not to stop', async () => {
  await using harness = await createHarness();
  harness.api.fault('watch', body(''));
  let fails = true;
  const access = {
    ...anonymousAccess(harness.api.url),
    credentials: () =>
      fails ? Promise.reject(new Error('the exec plugin failed')) : Promise.resolve({ headers: {}, tls: {} }),
  };
  const restarts = createQueue<string>();
  const messages: string[] = [];
  const transport = createTransport(access);
  const listWatch = createListWatch({
    resource: { name: 'things', path: '/api/v1/things', read: readThing },
    transport,
    clock: harness.clock,
    random: () => 0.5,
    observer: {
      restarted: (_resource, reason) => restarts.push(reason),
      unreadable: () => {},
      problem: (_resource, error) => messages.push(error.message),
      recovered: () => {},
    },
  });
  listWatch.start();
  assert.equal(await restarts.next(), 'unreachable');
  assert.match(messages[0] ?? '', /TMP3003: .*the exec plugin failed/);
  fails = false;
  harness.clock.advance(250);
  assert.equal(await restarts.next(), 'end');
  await listWatch.stop();
  transport.close();
});
