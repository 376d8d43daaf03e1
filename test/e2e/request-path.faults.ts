import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connect } from '../../demo/wiring.ts';
import { ORIGINAL_REQUESTS, SAFE_MODE_REQUESTED } from '../../src/model/keys.ts';
import type { HookCall } from '../standin/admission/dispatch.ts';
import type { Mutator } from '../standin/admission/hooks.ts';
import { nameOf, type PodObject } from '../standin/api/objects.ts';
import { LIMIT_RANGES, NODES, PODS } from '../standin/api/resources.ts';
import type { Cluster } from '../standin/cluster.ts';
import { embedded, until } from '../support/embedded.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';

/**
 * A pod's whole way: API server, webhook, scheduler, extender, with the real service as a process of
 * its own. The cluster is the stand-in; the cases use nothing that a real one does not have.
 */

let cluster: Cluster;
let service: ServiceProcess;
const hookCalls: HookCall[] = [];
/** A service that a busy machine makes late would be passed over in silence, which is not what is looked for here. */
const PATIENCE = { timeoutSeconds: 30, httpTimeoutMs: 30_000 };
const join = (after: readonly Mutator[] = []): void => connect(cluster, service, after, PATIENCE);

before(async () => {
  cluster = await embedded({ onHookCall: (call) => hookCalls.push(call) });
  await cluster.addNamespace('plain');
  service = startServiceProcess({ kubeconfig: cluster.kubeconfig });
  await service.ready();
  join();
});

after(async () => {
  await service.stop();
  await cluster.close();
});

interface Parts {
  readonly namespace?: string;
  readonly name: string;
  readonly cpu?: string;
  readonly metadata?: object;
  readonly spec?: object;
  readonly dryRun?: boolean;
}

async function create({ namespace = 'shop', name, cpu = '1', metadata, spec, dryRun }: Parts): Promise<PodObject> {
  const body = {
    metadata: { name, ...metadata },
    spec: { containers: [{ name: 'app', image: 'registry.example/app:1', resources: { requests: { cpu } } }], ...spec },
  };
  const options = dryRun ? { dryRun: true } : {};
  const { object } = await cluster.api.create(PODS, { namespace, body, options });
  return object as PodObject;
}

const cpuOf = ({ spec }: PodObject): unknown => spec.containers[0]?.resources?.requests?.['cpu'];

async function explain(
  path: string,
): Promise<{ lines: string[]; overcommit: { reason: string } | null; node: string | null }> {
  const response = await fetch(`http://127.0.0.1:${service.ports.get('explain')}/explain/${path}`);
  return (await response.json()) as Awaited<ReturnType<typeof explain>>;
}

async function metric(line: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${service.ports.get('ops')}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((candidate) => candidate.startsWith(`${line} `))
      ?.split(' ')
      .at(-1) ?? 0,
  );
}

test('a pod is scaled, placed and explained', async () => {
  const pod = await create({ name: 'web', cpu: '1' });
  assert.equal(cpuOf(pod), '700m');
  assert.deepEqual(JSON.parse(pod.metadata.annotations?.[ORIGINAL_REQUESTS] ?? ''), {
    v: 1,
    factor: 0.7,
    containers: { app: { original: '1', scaled: '700m' } },
  });
  assert.deepEqual(await cluster.scheduler.run(), { bound: 1, pending: 0 });
  await until('the service has seen the binding', async () => (await explain('pods/shop/web')).node !== null);
  const { lines, overcommit, node } = await explain('pods/shop/web');
  assert.equal(overcommit?.reason, 'scaled');
  assert.ok(lines.includes('container app: 1 -> 700m'), lines.join('\n'));
  assert.ok(
    lines.some((line) => line.startsWith(`bound to ${node}`)),
    lines.join('\n'),
  );
  assert.ok((await explain(`nodes/${node}`)).lines.length > 3);
});

test('the capacity debt is what was taken off the pods that exist', async () => {
  const before = await metric('temper_capacity_debt_cores{tier="normal"}');
  await create({ name: 'debt', cpu: '2' });
  await until(
    'seen',
    async () => Math.abs((await metric('temper_capacity_debt_cores{tier="normal"}')) - before - 0.6) < 1e-9,
  );
  cluster.api.remove(PODS, { namespace: 'shop', name: 'debt', gracePeriodSeconds: 0 });
  await until(
    'paid',
    async () => Math.abs((await metric('temper_capacity_debt_cores{tier="normal"}')) - before) < 1e-9,
  );
});

test('a namespace that has not opted in is not even asked about', async () => {
  const calls = hookCalls.length;
  assert.equal(cpuOf(await create({ namespace: 'plain', name: 'web' })), '1');
  assert.equal(hookCalls.length, calls);
});

test('a dry run is answered and leaves nothing', async () => {
  assert.equal(cpuOf(await create({ name: 'dry', dryRun: true })), '700m');
  const response = await fetch(`http://127.0.0.1:${service.ports.get('explain')}/explain/pods/shop/dry`);
  assert.equal(response.status, 404);
});

test('a LimitRange that came a moment ago is respected once the watch has shown it', async () => {
  await cluster.addNamespace('ranged', { labels: { 'temper.codes/overcommit': 'enabled' } });
  const body = { metadata: { name: 'lr' }, spec: { limits: [{ type: 'Container', min: { cpu: '900m' } }] } };
  await cluster.api.create(LIMIT_RANGES, { namespace: 'ranged', body });
  await until('the service knows the LimitRange', async () => {
    const answer = await fetch(`http://127.0.0.1:${service.ports.get('explain')}/explain/pod`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        metadata: { namespace: 'ranged' },
        spec: { containers: [{ name: 'app', resources: { requests: { cpu: '1' } } }] },
      }),
    });
    const { overcommit } = (await answer.json()) as { overcommit: { containers: Array<{ request: string }> } };
    return overcommit.containers[0]?.request === '900m';
  });
  assert.equal(cpuOf(await create({ namespace: 'ranged', name: 'web' })), '900m');
});

test('a sidecar that another webhook adds after us is scaled by the reinvocation, and nothing is scaled twice', async () => {
  const sidecar = { name: 'proxy', image: 'registry.example/proxy:1', resources: { requests: { cpu: '100m' } } };
  const injector = {
    name: 'injector',
    mutate: ({ spec }: PodObject) =>
      spec.containers.length > 1 ? [] : [{ op: 'add' as const, path: '/spec/containers/-', value: sidecar }],
  };
  join([injector]);
  const pod = await create({ name: 'meshed' });
  join();
  assert.deepEqual(
    pod.spec.containers.map(({ name, resources }) => [name, resources?.requests?.['cpu']]),
    [
      ['app', '700m'],
      ['proxy', '70m'],
    ],
  );
  const record = JSON.parse(pod.metadata.annotations?.[ORIGINAL_REQUESTS] ?? '') as { containers: object };
  assert.deepEqual(record.containers, {
    app: { original: '1', scaled: '700m' },
    proxy: { original: '100m', scaled: '70m' },
  });
});

test('a Critical pod goes to a node that protects, not to an emptier one in safe mode', async () => {
  await until('both nodes are known', async () => (await metric('temper_extender_nodes{freshness="fresh"}')) === 2);
  cluster.api.patch(NODES, { name: 'node-1', patch: { metadata: { annotations: { [SAFE_MODE_REQUESTED]: 'true' } } } });
  await until('the service knows', async () =>
    (await explain('nodes/node-1')).lines.some((line) => /safe mode/.test(line)),
  );
  await create({ name: 'critical', cpu: '500m', spec: { priorityClassName: 'temper-critical' } });
  await cluster.scheduler.run();
  assert.equal((cluster.api.get(PODS, 'critical', 'shop') as PodObject).spec.nodeName, 'node-2');
  cluster.api.patch(NODES, { name: 'node-1', patch: { metadata: { annotations: { [SAFE_MODE_REQUESTED]: null } } } });
});

test('while the service is down pods are admitted as they are and still placed; when it is back they are scaled again', async () => {
  await service.stop();
  const alone = await create({ name: 'alone', cpu: '200m' });
  assert.equal(cpuOf(alone), '200m');
  assert.equal(hookCalls.at(-1)?.outcome, 'failed-open');
  assert.deepEqual(await cluster.scheduler.run(), { bound: 1, pending: 0 });

  service = startServiceProcess({ kubeconfig: cluster.kubeconfig });
  await service.ready();
  join();
  assert.equal(cpuOf(await create({ name: 'again', cpu: '200m' })), '140m');
  // What it missed it learns from the list: the pod that was scaled before is known, though decided by another process.
  const { lines } = await explain(`pods/shop/${nameOf(cluster.api.get(PODS, 'web', 'shop'))}`);
  assert.ok(
    lines.some((line) => line.startsWith('scaled: the pod asked for 1000m')),
    lines.join('\n'),
  );
});
