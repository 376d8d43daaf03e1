import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { GUEST_LIMITS, Guests } from '../../../agent/api/http/guests.ts';
import { type HttpApiDeps, startHttpApi } from '../../../agent/api/http/server.ts';
import { TemperError } from '../../../src/model/errors.ts';
import { Metrics } from '../../../src/telemetry/metrics.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { fakeFacade, OBSERVATION, POD } from './fake-facade.ts';
import { type Observed, observed } from './harness.ts';

function deps(overrides: Partial<HttpApiDeps> = {}): HttpApiDeps & { readonly observer: Observed } {
  const observer = observed();
  return {
    facade: fakeFacade(),
    metrics: new Metrics(),
    readiness: [],
    clock: new FakeClock(),
    ...overrides,
    observer,
  };
}

interface Answered {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  json(): unknown;
}

/** Serves what `deps` makes for the time of `use`, which asks it by paths. */
async function served<T>(
  made: HttpApiDeps,
  use: (ask: (path: string, options?: { method?: string; body?: string; from?: string }) => Promise<Answered>) => T,
): Promise<Awaited<T>> {
  const api = await startHttpApi('127.0.0.1', 0, made);
  // One connection for each address that asks.
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    return await use(async (path, { method = 'GET', body, from = '127.0.0.1' } = {}) => {
      const headers = body === undefined ? {} : { 'content-length': String(body.length) };
      const asked = request({ port: api.port, host: '127.0.0.1', localAddress: from, path, method, headers, agent });
      asked.end(body);
      const [response] = await once(asked, 'response');
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      return { statusCode: response.statusCode, headers: response.headers, body: text, json: () => JSON.parse(text) };
    });
  } finally {
    agent.destroy();
    await api.stop();
  }
}

const idOf = (answer: Answered): string => (answer.json() as { error: { id: string } }).error.id;

test('/observe is what the agent observes, and what nothing measures is absent', async () => {
  const answer = await served(deps(), (ask) => ask('/observe'));
  assert.equal(answer.statusCode, 200);
  const body = answer.json() as Record<string, unknown>;
  assert.deepEqual(Object.keys(body), ['machine', 'scheduler', 'layers', 'pods']);
  const [layer] = body['layers'] as Array<Record<string, unknown>>;
  assert.deepEqual(layer, { name: 'critical-fenced', pods: 1, cpus: 2, cpus_used: 1.25, util: 0.625 });
});

test('/observe is bounded, and says how much it left out', async () => {
  const facade = fakeFacade({
    observe: () => ({
      ...OBSERVATION,
      pods: Array.from({ length: 1_003 }, () => POD),
      threads: Array.from({ length: 100_000 }, (_, tid) => ({ tid })),
    }),
  });
  const body = (await served(deps({ facade }), (ask) => ask('/observe'))).json() as {
    pods: unknown[];
    threads: unknown[];
    leftOut: unknown;
  };
  assert.equal(body.pods.length, 1_000);
  assert.equal(body.threads.length, 200);
  assert.deepEqual(body.leftOut, { pods: 3, threads: 99_800 });
});

test('/readyz names what is missing; /healthz asks nobody', async () => {
  let missing: string | null = 'the first scan of the cgroup tree';
  await served(deps({ readiness: [{ name: 'cgroups', check: () => missing }] }), async (ask) => {
    const before = await ask('/readyz');
    assert.equal(before.statusCode, 503);
    assert.deepEqual(before.json(), { status: 'not ready', reasons: { cgroups: 'the first scan of the cgroup tree' } });
    assert.equal((await ask('/healthz')).statusCode, 200);
    missing = null;
    assert.deepEqual((await ask('/readyz')).json(), { status: 'ready', reasons: {} });
  });
});

test('/metrics is the registry', async () => {
  const metrics = new Metrics();
  metrics.counter('temper_agent_refused_requests_total').inc({ error: 'TMP2006' });
  const answer = await served(deps({ metrics }), (ask) => ask('/metrics'));
  assert.match(answer.headers['content-type'] as string, /^text\/plain; version=0\.0\.4/);
  assert.match(answer.body, /^temper_agent_refused_requests_total\{error="TMP2006"\} 1$/m);
});

test('what the process takes is told under its usual names, without the event loop', async () => {
  const metrics = new Metrics();
  metrics.collectProcessSparsely();
  const { body } = await served(deps({ metrics }), (ask) => ask('/metrics'));
  for (const name of ['process_resident_memory_bytes', 'process_cpu_seconds_total', 'process_open_fds']) {
    assert.match(body, new RegExp(`^${name} [0-9.]`, 'm'));
  }
  assert.doesNotMatch(body, /eventloop/);
});

test('nothing can be changed by HTTP: every other method and path is refused with an id', async () => {
  const made = deps();
  await served(made, async (ask) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await ask('/observe?x=1', { method, body: '{}' });
      assert.deepEqual([answer.statusCode, answer.headers['allow'], idOf(answer)], [405, 'GET, HEAD', 'TMP2007']);
    }
    const nowhere = await ask('/safe-mode', { method: 'POST' });
    assert.deepEqual([nowhere.statusCode, idOf(nowhere)], [404, 'TMP2006']);
  });
  assert.deepEqual(made.observer.refusals, ['TMP2007', 'TMP2007', 'TMP2007', 'TMP2007', 'TMP2006']);
  assert.deepEqual((made.facade as ReturnType<typeof fakeFacade>).calls, []);
});

test('HEAD is GET without its body', async () => {
  const [head, get] = await served(deps(), async (ask) => [
    await ask('/healthz', { method: 'HEAD' }),
    await ask('/healthz'),
  ]);
  assert.deepEqual([head?.statusCode, head?.body], [200, '']);
  assert.equal(head?.headers['content-length'], String(get?.body.length));
});

test('a fault of the agent is a 500 without its message', async () => {
  const made = deps({ facade: fakeFacade({ observe: () => assert.fail('token=abc') }) });
  const answer = await served(made, (ask) => ask('/observe'));
  assert.equal(answer.statusCode, 500);
  assert.equal(idOf(answer), 'TMP2013');
  assert.doesNotMatch(answer.body, /token/);
  assert.equal(made.observer.faults.length, 1);
});

test('on a socket: bytes that are no HTTP get an answer, a port in use is told', async () => {
  const made = deps();
  const api = await startHttpApi('127.0.0.1', 0, made);
  try {
    const socket = connect(api.port, '127.0.0.1');
    socket.end('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    let text = '';
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    await once(socket, 'close');
    assert.match(text, /^HTTP\/1\.1 400 Bad Request\r\n/);
    assert.match(text, /TMP2012/);
    const second = startHttpApi('127.0.0.1', api.port, made);
    await assert.rejects(second, (error: unknown) => error instanceof TemperError && error.id === 'TMP1201');
  } finally {
    await api.stop();
  }
});

test('one address cannot take the port: its requests run out, those of others do not', async () => {
  const clock = new FakeClock();
  const made = deps({ clock });
  await served(made, async (ask) => {
    const from = (address: string) => ask('/healthz', { from: address });
    for (let asked = 0; asked < GUEST_LIMITS.burst; asked += 1) assert.equal((await from('127.0.0.2')).statusCode, 200);
    const refused = await from('127.0.0.2');
    assert.deepEqual([refused.statusCode, idOf(refused)], [429, 'TMP3203']);
    assert.equal((await from('127.0.0.3')).statusCode, 200);
    clock.advance(1_000 / GUEST_LIMITS.perSecond);
    assert.equal((await from('127.0.0.2')).statusCode, 200);
    assert.equal((await from('127.0.0.2')).statusCode, 429);
  });
});

test('one address cannot hold all connections', async () => {
  const api = await startHttpApi('0.0.0.0', 0, deps());
  const sockets: Socket[] = [];
  const open = async (localAddress: string): Promise<Socket> => {
    const socket = connect({ port: api.port, host: '127.0.0.1', localAddress });
    sockets.push(socket.on('error', () => {}).resume());
    await once(socket, 'connect');
    return socket;
  };
  try {
    for (let held = 0; held < GUEST_LIMITS.connections; held += 1) await open('127.0.0.2');
    await once(await open('127.0.0.2'), 'close');
    const other = await open('127.0.0.3');
    other.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    const [answer] = await once(other, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 200 OK/);
  } finally {
    for (const socket of sockets) socket.destroy();
    await api.stop();
  }
});

test('what is remembered of addresses is bounded, and who holds a connection is not forgotten', () => {
  const guests = new Guests(new FakeClock());
  for (let held = 0; held < GUEST_LIMITS.connections; held += 1) assert.equal(guests.connected('held'), true);
  for (let other = 0; other < 3 * GUEST_LIMITS.addresses; other += 1) guests.asks(`10.0.${other}`);
  assert.equal(guests.size, GUEST_LIMITS.addresses);
  assert.equal(guests.connected('held'), false);
  guests.disconnected('held');
  assert.equal(guests.connected('held'), true);
});
