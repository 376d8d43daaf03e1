// What the chart's hooks and tests run, against a server that answers as it is told.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { untilWell } from '../../src/cli/chart/within.ts';
import { AGENT_ANNOTATIONS } from '../../src/model/agent-annotations.ts';
import { systemClock } from '../../src/telemetry/system-clock.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { errorOf, type Ran, run } from './harness.ts';
import { withKubeconfig } from './kubeconfig.ts';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

type Answer = readonly [status: number, body: unknown];

/** Runs a command line against a server that answers by `answer`. */
async function against(args: readonly string[], answer: (seen: Seen) => Answer): Promise<Ran & { seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const text = Buffer.concat(pieces).toString();
    const one = { method: request.method ?? '', path: request.url ?? '', body: text === '' ? null : JSON.parse(text) };
    seen.push(one);
    const [status, body] = answer(one);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    return await withKubeconfig(url, async (kubeconfig) => {
      const filled = args.map((arg) => arg.replace('URL', url));
      const ran = await run([...filled, '--kubeconfig', kubeconfig], { clock: systemClock });
      return { ...ran, seen };
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const list = (items: object[]): Answer => [200, { kind: 'List', metadata: { resourceVersion: '1' }, items }];

const metadata = (name: string, more: object = {}) => ({
  name,
  namespace: 'shop',
  uid: name,
  resourceVersion: '1',
  ...more,
});

const ADMISSION = ['chart', 'admission', '--probe-namespace', 'temper-probe', '--within', '1s'];

interface ProbePod {
  readonly metadata: object;
  readonly spec: { readonly containers: ReadonlyArray<{ readonly name: string }> };
}

function scaled(body: unknown): object {
  const pod = body as ProbePod;
  const record = '{"v":1,"factor":0.5,"containers":{"probe":{"original":"100m","scaled":"50m"}}}';
  const containers = pod.spec.containers.map((one) => ({ ...one, resources: { requests: { cpu: '50m' } } }));
  return {
    ...pod,
    metadata: { ...pod.metadata, name: 'p', annotations: { 'temper.codes/original-requests': record } },
    spec: { ...pod.spec, containers },
  };
}

test('admission: a pod that comes back scaled, of a dry run', async () => {
  const ran = await against(ADMISSION, ({ body }) => [201, scaled(body)]);
  assert.equal(ran.code, 0, ran.stderr);
  assert.deepEqual(
    ran.seen.map(({ method, path }) => `${method} ${path}`),
    ['POST /api/v1/namespaces/temper-probe/pods?dryRun=All&fieldManager=temper-cli'],
  );
});

test('admission: one that comes back as it was, or is refused, is not well, and it says what was found', async () => {
  const asItWas = await against([...ADMISSION, '-o', 'json'], ({ body }) => [201, body]);
  assert.equal(asItWas.code, 3);
  assert.equal(errorOf(asItWas).id, 'TMP3231');
  assert.match(errorOf(asItWas).message, /nothing scaled it/);
  const refused = await against(ADMISSION, () => [403, { kind: 'Status', message: 'no account yet' }]);
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /403 no account yet/);
});

test('ready: 200 and nothing else', async () => {
  assert.equal(
    (await against(['chart', 'ready', 'URL/readyz', 'URL/metrics', '--within', '1s'], () => [200, {}])).code,
    0,
  );
  const ran = await against(['chart', 'ready', 'URL/readyz', '--within', '1s'], () => [503, {}]);
  assert.equal(ran.code, 3);
  assert.match(ran.stderr, /answers 503/);
  assert.equal((await against(['chart', 'ready', 'temper'], () => [200, {}])).code, 2);
});

const template = (spec: object) => ({ template: { spec } });
const ours = { schedulerName: 'temper-scheduler' };
const classed = { priorityClassName: 'temper-high' };
const OBJECTS: Readonly<Record<string, object[]>> = {
  deployments: [
    { metadata: metadata('web'), spec: template(ours) },
    { metadata: metadata('api'), spec: template(classed) },
    { metadata: metadata('other'), spec: template({ schedulerName: 'default-scheduler' }) },
  ],
  replicasets: [
    {
      metadata: metadata('web-1', { ownerReferences: [{ kind: 'Deployment', controller: true }] }),
      spec: template(ours),
    },
    {
      metadata: metadata('rollout-1', { ownerReferences: [{ kind: 'Rollout', controller: true }] }),
      spec: template(ours),
    },
    { metadata: metadata('old'), spec: { replicas: 0, ...template(ours) } },
  ],
  cronjobs: [{ metadata: metadata('nightly'), spec: { jobTemplate: { spec: template(classed) } } }],
  jobs: [
    {
      metadata: metadata('done'),
      spec: template(ours),
      status: { conditions: [{ type: 'Complete', status: 'True' }] },
    },
  ],
  pods: [
    { metadata: metadata('bare'), spec: ours, status: { phase: 'Pending' } },
    { metadata: metadata('over'), spec: ours, status: { phase: 'Succeeded' } },
    { metadata: metadata('running'), spec: classed, status: { phase: 'Running' } },
  ],
};

const objects = ({ method, path }: Seen): Answer =>
  method === 'DELETE' ? [200, {}] : list(OBJECTS[/\/([a-z]+)(?:\?|$)/.exec(path)?.[1] ?? ''] ?? []);

const LEAVE = [
  'chart',
  'leave',
  '--scheduler-name',
  'temper-scheduler',
  '--priority-classes',
  '--webhook',
  'temper-overcommit',
];

test('leave: refuses while something names us, lists it, and leaves the webhook', async () => {
  const ran = await against([...LEAVE, '-o', 'json'], objects);
  assert.equal(ran.code, 7);
  assert.equal(errorOf(ran).id, 'TMP3232');
  const { users } = JSON.parse(ran.stdout) as { users: Array<{ kind: string; name: string }> };
  assert.deepEqual(
    users.map(({ kind, name }) => `${kind} ${name}`),
    ['Deployment web', 'Deployment api', 'ReplicaSet rollout-1', 'CronJob nightly', 'Pod bare'],
  );
  assert.ok(ran.seen.every(({ method }) => method === 'GET'));
});

test('leave: by force, or where nothing names us, the webhook goes', async () => {
  const forced = await against([...LEAVE, '--force'], objects);
  assert.equal(forced.code, 0, forced.stderr);
  assert.match(forced.stdout, /Deployment +shop\/web +schedulerName temper-scheduler/);
  const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/temper-overcommit';
  assert.deepEqual(forced.seen.at(-1), { method: 'DELETE', path, body: {} });
  const free = await against(LEAVE, ({ method }) => (method === 'DELETE' ? [404, {}] : list([])));
  assert.equal(free.code, 0, 'a webhook that is gone already is no fault');
});

test('leave: a webhook that may not be deleted is told', async () => {
  const ran = await against(LEAVE, ({ method }) => (method === 'DELETE' ? [403, { message: 'no' }] : list([])));
  assert.equal(ran.code, 5);
});

test('clean-nodes: agents are waited for, and only what they wrote is taken away', async () => {
  const annotations = { 'temper.codes/agent-status': 'enforcing', 'temper.codes/safe-mode-requested': 'true' };
  const nodes = [{ metadata: { ...metadata('n1'), annotations } }, { metadata: metadata('n2') }];
  const agent = { 'app.kubernetes.io/name': 'temper', 'app.kubernetes.io/component': 'agent' };
  const pods = (labels: object) => [{ metadata: metadata('p', { labels }) }];
  const answer =
    (labels: object) =>
    ({ method, path }: Seen): Answer =>
      method === 'PATCH' ? [200, {}] : list(path.includes('/pods') ? pods(labels) : nodes);
  const waits = await against(['chart', 'clean-nodes', '--within', '1s'], answer(agent));
  assert.equal(waits.code, 3);
  assert.match(waits.stderr, /1 agent still there/);
  const ran = await against(['chart', 'clean-nodes', '--within', '1s'], answer({}));
  assert.equal(ran.code, 0, ran.stderr);
  const patches = ran.seen.filter(({ method }) => method === 'PATCH');
  assert.deepEqual(
    patches.map(({ path }) => path),
    ['/api/v1/nodes/n1'],
  );
  const { metadata: patched } = (patches[0]?.body ?? {}) as { metadata?: { annotations: Record<string, null> } };
  assert.deepEqual(patched?.annotations, Object.fromEntries(AGENT_ANNOTATIONS.map((key) => [key, null])));
});

test('what is not well yet is tried again until it is, and said', async () => {
  const clock = new FakeClock();
  let stderr = '';
  const nowhere = { isTerminal: false, write: () => {} };
  const io = {
    program: '',
    env: {},
    stdout: nowhere,
    stderr: {
      isTerminal: false,
      write: (text: string) => {
        stderr += text;
      },
    },
    signal: new AbortController().signal,
    clock,
    root: '/',
  };
  const options = { output: 'table', namespace: '', agentNamespace: '', requestTimeout: 1 } as const;
  const answers = ['not up', 'not up', null];
  const waiting = untilWell({ io, options }, 60_000, async () => {
    await Promise.resolve();
    return answers.shift() ?? null;
  });
  for (let step = 0; step < 20; step += 1) {
    await new Promise(setImmediate);
    clock.advance(1_000);
  }
  assert.deepEqual(await waiting, { attempts: 3 });
  assert.equal(stderr, 'not yet: not up\nnot yet: not up\n');
});

const record = '{"v":1,"factor":0.5,"containers":{"app":{"original":"2","scaled":"1"}}}';
const onNode = (name: string, more: object = {}) => ({
  metadata: metadata(name, more),
  spec: { nodeName: 'n1', containers: [{ name: 'app', resources: { requests: { cpu: '1' } } }] },
});
const scaledOnNode = (name: string) => onNode(name, { annotations: { 'temper.codes/original-requests': record } });
const nodeOf = (name: string, cpu: string, spec: object = {}) => ({
  metadata: { name, uid: name, resourceVersion: '1' },
  spec,
  status: { allocatable: { cpu } },
});
const quotaOf = (name: string, spec: object) => ({ metadata: metadata(name), spec });

/** Two scaled pods and one that is not; room for one of the two, and a quota that lets one of them in. */
const CROWDED: Readonly<Record<string, object[]>> = {
  '/api/v1/pods': [
    scaledOnNode('a'),
    scaledOnNode('b'),
    onNode('c'),
    { ...scaledOnNode('waits'), spec: { ...onNode('waits').spec, nodeName: undefined } },
    { ...scaledOnNode('gone'), spec: { ...onNode('gone').spec, nodeName: 'no-more' } },
  ],
  '/api/v1/nodes': [
    nodeOf('n1', '2500m'),
    nodeOf('n2', '64', { taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] }),
  ],
  '/api/v1/resourcequotas': [
    quotaOf('cpu', { hard: { 'requests.cpu': '3' } }),
    quotaOf('pods', { hard: { pods: '1' } }),
    quotaOf('scoped', { hard: { cpu: '1' }, scopes: ['BestEffort'] }),
  ],
};
const crowded = ({ method, path }: Seen): Answer =>
  method === 'DELETE' ? [200, {}] : list(CROWDED[path.split('?')[0] ?? ''] ?? []);

test('check --without-webhook: how many scaled pods would have no room; leave says the same', async () => {
  const ran = await against(['check', '--without-webhook', '-o', 'json'], crowded);
  assert.equal(ran.code, 3, ran.stderr);
  const { apiVersion: _version, ...found } = JSON.parse(ran.stdout) as Record<string, unknown>;
  assert.deepEqual(found, {
    kind: 'WithoutWebhook',
    scaledPods: 2,
    debtMilli: 2000,
    least: { refused: 1, pending: 1 },
    most: { refused: 1, pending: 1 },
    quotasNotJudged: 1,
  });
  assert.ok(ran.seen.every(({ method }) => method === 'GET'));
  const leaves = await against(['chart', 'leave', '--webhook', 'w'], crowded);
  assert.equal(leaves.code, 0, leaves.stderr);
  assert.match(leaves.stdout, /scaled now: 2 pods; made anew without the webhook they ask for 2 cores more/);
  assert.match(leaves.stdout, /by CPU 2 of them have no room: 1 pod refused by quotas, 1 pod Pending/);
  const mixed = await against(['check', '--without-webhook'], ({ path }) => {
    const [kind = ''] = path.split('?');
    const small = '{"v":1,"factor":0.5,"containers":{"app":{"original":"1500m","scaled":"1"}}}';
    const pods = [small, small, record].map((text, index) =>
      onNode(`p${index}`, { annotations: { 'temper.codes/original-requests': text } }),
    );
    return list(kind === '/api/v1/pods' ? pods : kind === '/api/v1/nodes' ? [nodeOf('n1', '3')] : []);
  });
  assert.match(mixed.stdout, /1 to 2 of them have no room, as they come:\n {2}small ones first: 0 .* 1 pod Pending\n/);
  const free = await against(['check', '--without-webhook'], () => list([]));
  assert.deepEqual([free.code, free.stdout], [0, 'no pod is scaled\n']);
});

const ROLLED_OUT = ['chart', 'rolled-out', '--selector', 'app=a,part=b', '--label', 'mode=new', '--within', '1s'];

const pod = (name: string, mode: string, ready: string, more: object = {}): object => ({
  metadata: metadata(name, { labels: { app: 'a', part: 'b', mode } }),
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready }], ...more },
});

test('rolled-out: each pod of the selector is a new one, and ready; others, and those that are over, do not count', async () => {
  const others = [
    { metadata: metadata('c', { labels: { app: 'a', mode: 'old' } }) },
    pod('evicted', 'old', 'False', { phase: 'Failed' }),
  ];
  const well = await against(ROLLED_OUT, () => list([pod('x', 'new', 'True'), ...others]));
  assert.equal(well.code, 0, well.stderr);
  for (const [found, message] of [
    [[pod('x', 'new', 'True'), pod('y', 'old', 'True')], /1 pod without mode=new still there, y for one/],
    [[pod('x', 'new', 'True'), pod('y', 'new', 'False')], /y is not ready/],
    [[], /no pod with mode=new yet/],
  ] as const) {
    const ran = await against(ROLLED_OUT, () => list([...found, ...others]));
    assert.equal(ran.code, 3);
    assert.match(ran.stderr, message);
  }
});
