import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { PodObject } from '../../standin/api/objects.ts';
import { PODS, PRIORITY_CLASSES } from '../../standin/api/resources.ts';
import type { ExtenderCall, ExtenderConfig } from '../../standin/scheduler/extender.ts';
import { readFilterReply, readPriorities, UnusableReply } from '../../standin/scheduler/extender-replies.ts';
import { createScheduler, type Scheduler } from '../../standin/scheduler.ts';
import { seeded } from '../../standin/seeded.ts';
import { fixture, fixtureNames } from '../../support/fixtures.ts';
import { addNamespace, addNode, addPod, type Bench, bench, podBody, shapeOf } from '../helpers.ts';

interface Args {
  readonly Pod: PodObject;
  readonly Nodes: unknown;
  readonly NodeNames: readonly string[];
}

interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly args: Args;
  readonly text: string;
  readonly port: number | undefined;
}

type Answer = (args: Args, response: ServerResponse) => unknown;

interface FakeExtender {
  readonly url: string;
  readonly received: Received[];
  next(): Promise<Received>;
}

async function fakeExtender(t: TestContext, answer: Answer): Promise<FakeExtender> {
  const received: Received[] = [];
  let arrived: (call: Received) => void = () => {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const args = JSON.parse(text) as Args;
      const call = { url: request.url ?? '', headers: request.headers, args, text, port: request.socket.remotePort };
      received.push(call);
      arrived(call);
      const body = answer(args, response);
      if (body !== undefined) response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const next = (): Promise<Received> =>
    new Promise((resolve) => {
      arrived = resolve;
    });
  return { url: `http://127.0.0.1:${port}/scheduler`, received, next };
}

interface Wired extends Bench {
  readonly extender: FakeExtender;
  readonly scheduler: Scheduler;
  readonly asked: ExtenderCall[];
  /** Schedules one pod that has no reason of its own to prefer a node, and says where it went. */
  place(name: string): Promise<string | undefined>;
}

async function wired(t: TestContext, answer: Answer, config: Partial<ExtenderConfig> = {}): Promise<Wired> {
  const base = await bench();
  const { api, clock } = base;
  const asked: ExtenderCall[] = [];
  const extender = await fakeExtender(t, answer);
  const scheduler = createScheduler({ api, clock, random: seeded(1), onExtenderCall: (call) => asked.push(call) });
  scheduler.setExtenders([{ urlPrefix: extender.url, prioritizeVerb: 'prioritize', httpTimeoutMs: 200, ...config }]);
  t.after(() => scheduler.close());
  for (const name of ['a', 'b', 'c']) await addNode(api, name);
  const place = async (name: string) => {
    await addPod(api, podBody({ name }, {}));
    await scheduler.run();
    return (api.get(PODS, name, 'shop') as PodObject).spec.nodeName;
  };
  return { ...base, extender, scheduler, asked, place };
}

const scores = (of: Readonly<Record<string, unknown>>): unknown =>
  Object.entries(of).map(([Host, Score]) => ({ Host, Score }));

test('the node that the extender prefers wins', async (t) => {
  const { place, asked } = await wired(t, () => scores({ a: 0, b: 1, c: 0 }));
  for (const name of ['x', 'y']) assert.equal(await place(name), 'b');
  const { ms: _ms, ...call } = asked[0] ?? assert.fail();
  assert.deepEqual(call, { extender: asked[0]?.extender, verb: 'prioritize', pod: 'shop/x', nodes: 3, outcome: 'ok' });
});

test('the call: path, headers, one kept connection', async (t) => {
  const { place, extender } = await wired(t, () => []);
  for (const name of ['x', 'y']) await place(name);
  const [first, second] = extender.received;
  assert.equal(first?.url, '/scheduler/prioritize');
  assert.deepEqual(
    ['content-type', 'user-agent', 'accept-encoding'].map((name) => first?.headers[name]),
    ['application/json', 'Go-http-client/1.1', 'gzip'],
  );
  assert.equal(Number(first?.headers['content-length']), Buffer.byteLength(first?.text ?? ''));
  assert.equal(first?.port, second?.port);
});

test('the body has the shape of every recorded one', async (t) => {
  const { api, scheduler, extender } = await wired(t, () => [], { filterVerb: 'filter', ignorable: true });
  const classes = { 'temper-critical': 1_000_000, 'temper-background': -1_000 };
  for (const [name, value] of Object.entries(classes)) {
    const preemptionPolicy = value < 0 ? 'Never' : 'PreemptLowerPriority';
    await api.create(PRIORITY_CLASSES, { body: { metadata: { name }, value, preemptionPolicy } });
  }
  await addNamespace(api, 'other');
  const names = fixtureNames('extender').filter((name) => name.includes('-names-'));
  assert.ok(names.length >= 6);
  for (const name of names) {
    const recorded = JSON.parse(fixture(`extender/${name}`)) as Args;
    const { metadata, spec } = recorded.Pod;
    const applied = metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'] ?? '';
    const original = JSON.parse(applied) as PodObject;
    const body = {
      ...original,
      metadata: { ...original.metadata, annotations: metadata.annotations, name: `p-${name.length}` },
    };
    await addPod(api, { ...body, spec: { ...original.spec, schedulerName: 'default-scheduler' } });
    await scheduler.run();
    const sent = extender.received.at(-1) ?? assert.fail();
    assert.deepEqual(Object.keys(sent.args), Object.keys(recorded), 'in this order, as Go writes it');
    assert.deepEqual(new Set(shapeOf(sent.args)), new Set(shapeOf(recorded)), name);
    assert.equal(sent.args.Nodes, null);
    assert.equal(sent.args.Pod.spec.priority, spec.priority);
    api.remove(PODS, { namespace: 'shop', name: `p-${name.length}`, gracePeriodSeconds: 0 });
  }
});

test('a score counts ten times the weight: 10 outweighs every plugin, 1 at weight 1 not a full node', async (t) => {
  const only = (weight: number, score: number) => ({ weight, score });
  for (const { weight, score, wins } of [
    { ...only(1, 1), wins: false },
    { ...only(10, 1), wins: true },
    { ...only(1, 10), wins: true },
  ]) {
    const { api, place } = await wired(t, () => scores({ a: score, b: 0, c: 0 }), { weight });
    // Half of the CPU of `a` is taken: LeastAllocated takes off 25, BalancedAllocation a little.
    await addPod(api, podBody({ name: 'there' }, { requests: { cpu: '4' } }));
    api.bind('shop', 'there', { target: { name: 'a' } });
    assert.equal((await place('x')) === 'a', wins, `weight ${weight}, score ${score}`);
  }
});

test('scores are not clamped: below 0 and above 10 count as they are', async (t) => {
  const { place } = await wired(t, () => scores({ a: -5, b: 30, c: 10 }));
  assert.equal(await place('x'), 'b');
});

test('a node that is left out gets nothing, a stranger is ignored, twice counts twice', async (t) => {
  const reply = [
    { Host: 'stranger', Score: 10 },
    { Host: 'b', Score: 3 },
    { Host: 'c', Score: 2 },
    { Host: 'c', Score: 2 },
  ];
  const { place } = await wired(t, () => reply);
  assert.equal(await place('x'), 'c');
});

test('one feasible node is not asked about', async (t) => {
  const { api, scheduler, extender } = await wired(t, () => []);
  await addPod(api, podBody({ name: 'x' }, {}, { nodeSelector: { 'kubernetes.io/hostname': 'none' } }));
  await addPod(api, podBody({ name: 'big' }, { requests: { cpu: '9' } }));
  await addNode(api, 'large', { cpu: '16' });
  assert.deepEqual(await scheduler.run(), { bound: 1, pending: 1 });
  assert.deepEqual(extender.received, []);
});

const failures: ReadonlyArray<readonly [what: string, answer: Answer, outcome: ExtenderCall['outcome']]> = [
  ['HTTP 500', (_args, response) => response.writeHead(500) && 'oops', 'status'],
  ['HTTP 204', (_args, response) => response.writeHead(204) && '', 'status'],
  ['half a list', () => '[{"Host":"a","Sco', 'unusable'],
  ['no JSON', () => 'ok', 'unusable'],
  ['an object', () => ({ Host: 'a', Score: 1 }), 'unusable'],
  ['a fraction', () => scores({ a: 0, b: 7.5 }), 'unusable'],
  ['a whole number written as a fraction', () => '[{"Host":"b","Score":7.0}]', 'unusable'],
  ['an exponent', () => '[{"Host":"b","Score":1e1}]', 'unusable'],
  ['a string', () => scores({ b: '7' }), 'unusable'],
  ['a number beyond 64 bits', () => '[{"Host":"b","Score":9223372036854775808}]', 'unusable'],
  ['a host that is no string', () => [{ Host: 7, Score: 1 }], 'unusable'],
];

for (const [what, answer, outcome] of failures) {
  test(`prioritize: ${what} drops the whole answer and no pod`, async (t) => {
    const { place, asked } = await wired(t, answer);
    assert.ok(['a', 'b', 'c'].includes((await place('x')) ?? ''));
    assert.equal(asked[0]?.outcome, outcome);
  });
}

for (const [what, answer] of [...failures.slice(0, 4), ['an error', () => ({ Error: 'down' })]] as const) {
  test(`filter: ${what} fails the attempt, unless the extender is ignorable`, async (t) => {
    const strict = await wired(t, answer, { filterVerb: 'filter' });
    assert.equal(await strict.place('x'), undefined);
    const [condition] = (strict.api.get(PODS, 'x', 'shop') as PodObject).status?.conditions ?? [];
    assert.deepEqual([condition?.status, condition?.reason], ['False', 'SchedulerError']);
    const lenient = await wired(t, answer, { filterVerb: 'filter', ignorable: true });
    assert.ok(await lenient.place('x'));
  });
}

test('a black hole costs the whole time-out for every pod', async (t) => {
  const { api, scheduler, clock, extender, asked } = await wired(t, () => undefined);
  await addPod(api, podBody({ name: 'x' }));
  const arrived = extender.next();
  const ran = scheduler.run();
  await arrived;
  clock.advance(199);
  assert.equal(asked.length, 0);
  clock.advance(1);
  assert.deepEqual(await ran, { bound: 1, pending: 0 });
  assert.deepEqual([asked[0]?.outcome, asked[0]?.ms], ['timeout', 200]);
});

test('an extender that is down is unreachable', async (t) => {
  const { place, asked } = await wired(t, () => [], { urlPrefix: 'http://127.0.0.1:1/scheduler' });
  assert.ok(await place('x'));
  assert.equal(asked[0]?.outcome, 'unreachable');
});

test('filter: only the nodes of the answer are left, and the reasons are told', async (t) => {
  const { api, place } = await wired(
    t,
    ({ NodeNames }) =>
      NodeNames.length === 3 ? { NodeNames: ['b'], FailedNodes: { a: 'no room', c: 'no room' } } : [],
    { filterVerb: 'filter' },
  );
  assert.equal(await place('x'), 'b');
  assert.ok(api.get(PODS, 'x', 'shop'));
  const none = await wired(t, () => ({ NodeNames: [], FailedNodes: { a: 'no room', b: 'no room', c: 'full' } }), {
    filterVerb: 'filter',
  });
  assert.equal(await none.place('x'), undefined);
  assert.equal(none.scheduler.unschedulable.get('shop/x'), '0/3 nodes are available: 1 full, 2 no room.');
});

test('filter: extenders are asked one after another, each about what the last one left', async (t) => {
  const first = await fakeExtender(t, () => ({ nodenames: ['a', 'b'] }));
  const { scheduler, place, extender } = await wired(t, () => ({ NodeNames: ['b'] }));
  scheduler.setExtenders([
    { urlPrefix: first.url, filterVerb: 'filter' },
    { urlPrefix: extender.url, filterVerb: 'filter' },
  ]);
  assert.equal(await place('x'), 'b');
  assert.deepEqual(extender.received[0]?.args.NodeNames, ['a', 'b']);
});

test('the pod that went while the extender was asked is not bound', async (t) => {
  const { api, scheduler, asked } = await wired(t, () => {
    api.remove(PODS, { namespace: 'shop', name: 'x' });
    return [];
  });
  await addPod(api, podBody({ name: 'x' }));
  assert.deepEqual(await scheduler.run(), { bound: 0, pending: 0 });
  assert.equal(asked[0]?.outcome, 'ok');
});

test('answers are read as Go does: any case, null for empty, unknown fields ignored', () => {
  const asked = new Set(['a', 'b']);
  const filter = (reply: unknown) => readFilterReply(JSON.stringify(reply), asked);
  assert.deepEqual(filter({ nodeNames: ['a'], extra: 1 }).nodes, ['a']);
  assert.deepEqual(filter({ Nodes: { items: [{ metadata: { name: 'b' } }] } }).nodes, ['b']);
  assert.deepEqual(filter({}).nodes, [], 'neither form: no node is left');
  assert.deepEqual(filter({ NodeNames: null, Nodes: null }).nodes, []);
  assert.deepEqual(filter({ NodeNames: [], Error: '' }).nodes, []);
  const failed = filter({ NodeNames: [], FailedNodes: { a: 'x', b: 'x' }, FailedAndUnresolvableNodes: { b: 'y' } });
  assert.deepEqual(
    [...failed.failed],
    [
      ['a', 'x'],
      ['b', 'y'],
    ],
    'the unresolvable one wins',
  );
  for (const reply of [
    { Error: 'down' },
    { NodeNames: ['z'] },
    { NodeNames: 'a' },
    { NodeNames: [1] },
    [],
    7,
    { FailedNodes: [] },
    { Nodes: 7 },
  ]) {
    assert.throws(() => filter(reply), UnusableReply, JSON.stringify(reply));
  }
  assert.deepEqual(
    [...readPriorities('[{"host":"a","SCORE":3,"why":"x"},null,{"Host":"b"}]')],
    [
      ['a', 3],
      ['', 0],
      ['b', 0],
    ],
  );
  assert.deepEqual([...readPriorities('null')], []);
});
