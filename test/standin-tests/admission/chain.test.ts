import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Mutator, mutatorHook } from '../../standin/admission/hooks.ts';
import type { PodObject } from '../../standin/api/objects.ts';
import { LIMIT_RANGES, NAMESPACES, PODS, PRIORITY_CLASSES, RESOURCE_QUOTAS } from '../../standin/api/resources.ts';
import { setCpu } from '../fake-webhook.ts';
import { addPod, addPriorityClass, bench, podBody, refusal } from '../helpers.ts';

/** A mutator that does nothing but remember what it is shown. */
function spy(name: string, seen: string[], describe: (pod: PodObject) => string): Mutator {
  return {
    name,
    mutate(pod) {
      seen.push(describe(pod));
      return [];
    },
  };
}

const resourcesOf = ({ spec }: PodObject): unknown => spec.containers[0]?.resources;

test('the order: requests from limits, LimitRange defaults, priority, webhook, validation', async () => {
  const { api } = await bench();
  await addPriorityClass(api, 'temper-low', -10);
  const limits = [
    { type: 'Container', default: { memory: '1Gi' }, defaultRequest: { memory: '512Mi' }, min: { cpu: '1' } },
  ];
  await api.create(LIMIT_RANGES, { namespace: 'shop', body: { metadata: { name: 'lr' }, spec: { limits } } });
  const seen: string[] = [];
  const describe = (pod: PodObject): string => JSON.stringify([resourcesOf(pod), pod.spec.priority]);
  api.setHooks([mutatorHook(spy('spy', seen, describe))]);
  const body = podBody({ name: 'a' }, { limits: { cpu: '500m' } }, { priorityClassName: 'temper-low' });
  const status = await refusal(() => addPod(api, body));
  const shown = [{ limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '500m', memory: '512Mi' } }, -10];
  assert.deepEqual(
    seen.map((text) => JSON.parse(text) as unknown),
    [shown],
    'the webhook sees what the plugins filled in',
  );
  assert.match(
    status.message ?? '',
    /minimum cpu usage per Container is 1, but request is 500m/,
    'and validation is last',
  );
});

test('pod validation comes before LimitRange, LimitRange before quota', async () => {
  const { api } = await bench();
  const limits = [{ type: 'Pod', max: { cpu: '2' } }];
  await api.create(LIMIT_RANGES, { namespace: 'shop', body: { metadata: { name: 'lr' }, spec: { limits } } });
  const hard = { 'requests.cpu': '1' };
  await api.create(RESOURCE_QUOTAS, { namespace: 'shop', body: { metadata: { name: 'q' }, spec: { hard } } });
  const attempt = async (resources: object): Promise<string> =>
    (await refusal(() => addPod(api, podBody({ name: 'a' }, resources)))).message ?? '';
  assert.match(await attempt({ requests: { cpu: '5' }, limits: { cpu: '4' } }), /is invalid: spec.containers\[0\]/);
  assert.match(await attempt({ requests: { cpu: '3' }, limits: { cpu: '4' } }), /maximum cpu usage per Pod is 2/);
  assert.match(await attempt({ requests: { cpu: '1500m' }, limits: { cpu: '2' } }), /exceeded quota: q/);
});

test('several LimitRange defaults at once, and the annotation that tells', async () => {
  const { api } = await bench();
  const limits = [{ type: 'Container', max: { cpu: '4' }, min: { cpu: '100m' } }];
  const range = await api.create(LIMIT_RANGES, {
    namespace: 'shop',
    body: { metadata: { name: 'lr' }, spec: { limits } },
  });
  assert.deepEqual(range.object['spec'], {
    limits: [{ ...limits[0], default: { cpu: '4' }, defaultRequest: { cpu: '4' } }],
  });
  const pod = await addPod(api, podBody({ name: 'a' }, {}));
  assert.deepEqual(resourcesOf(pod), { limits: { cpu: '4' }, requests: { cpu: '4' } });
  assert.equal(
    pod.metadata.annotations?.['kubernetes.io/limit-ranger'],
    'LimitRanger plugin set: cpu request for container app; cpu limit for container app',
  );
});

test('priority: the class, the global default of the lowest value, else 0', async () => {
  const { api } = await bench();
  const priority = async (name: string, spec: object) => {
    const pod = await addPod(api, podBody({ name }, {}, spec));
    return [pod.spec.priority, pod.spec.priorityClassName, pod.spec.preemptionPolicy];
  };
  assert.deepEqual(await priority('none', {}), [0, undefined, 'PreemptLowerPriority']);
  await addPriorityClass(api, 'never', 7, { preemptionPolicy: 'Never', globalDefault: true });
  assert.deepEqual(await priority('default', {}), [7, 'never', 'Never']);
  await addPriorityClass(api, 'other', 9);
  assert.deepEqual(await priority('named', { priorityClassName: 'other', priority: 9 }), [
    9,
    'other',
    'PreemptLowerPriority',
  ]);
});

test('priority: an unknown class, an own number and a second default are refused', async () => {
  const { api } = await bench();
  await addPriorityClass(api, 'default', 1, { globalDefault: true });
  const words = async (spec: object) => {
    const status = await refusal(() => addPod(api, podBody({ name: 'a' }, {}, spec)));
    assert.deepEqual([status.code, status.reason], [403, 'Forbidden']);
    return status.message;
  };
  assert.equal(
    await words({ priorityClassName: 'gone' }),
    'pods "a" is forbidden: no PriorityClass with name gone was found',
  );
  assert.match((await words({ priority: 5 })) ?? '', /the integer value of priority \(5\) must not be provided/);
  assert.match((await words({ preemptionPolicy: 'Never' })) ?? '', /the string value of PreemptionPolicy \(Never\)/);
  const second = await refusal(() => addPriorityClass(api, 'second', 2, { globalDefault: true }));
  assert.equal(
    second.message,
    'priorityclasses.scheduling.k8s.io "second" is forbidden: PriorityClass default is already marked as default. Only one default can exist',
  );
  assert.equal(api.list(PRIORITY_CLASSES).items.length, 1);
});

test('the quota charges what the pods ask for after the webhooks', async () => {
  const { api } = await bench();
  const hard = { 'requests.cpu': '1', pods: '3' };
  await api.create(RESOURCE_QUOTAS, { namespace: 'shop', body: { metadata: { name: 'q' }, spec: { hard } } });
  assert.match(
    (await refusal(() => addPod(api, podBody({ name: 'big' }, { requests: { cpu: '1100m' } })))).message ?? '',
    /exceeded quota: q, requested: requests.cpu=1100m, used: requests.cpu=0, limited: requests.cpu=1$/,
  );
  api.setHooks([mutatorHook({ name: 'scale', mutate: () => setCpu('300m') })]);
  const asked = { requests: { cpu: '1100m' } };
  for (const name of ['a', 'b', 'c']) await addPod(api, podBody({ name }, asked));
  const fourth = await refusal(() => addPod(api, podBody({ name: 'd' }, asked)));
  assert.match(
    fourth.message ?? '',
    /requested: requests.cpu=300m,pods=1, used: requests.cpu=900m,pods=3, limited: requests.cpu=1,pods=3/,
  );
  api.patch(PODS, { namespace: 'shop', name: 'a', patch: { status: { phase: 'Succeeded' } }, subresource: 'status' });
  await addPod(api, podBody({ name: 'd' }, asked));
});

test('under a quota on CPU each container has to ask for some', async () => {
  const { api } = await bench();
  const hard = { 'requests.cpu': '1' };
  await api.create(RESOURCE_QUOTAS, { namespace: 'shop', body: { metadata: { name: 'q' }, spec: { hard } } });
  const status = await refusal(() => addPod(api, podBody({ name: 'a' }, {})));
  assert.equal(status.message, 'pods "a" is forbidden: failed quota: q: must specify requests.cpu for: app');
});

test('a dry run is held to the quota and charged nothing', async () => {
  const { api } = await bench();
  const hard = { pods: '1' };
  await api.create(RESOURCE_QUOTAS, { namespace: 'shop', body: { metadata: { name: 'q' }, spec: { hard } } });
  const dry = { namespace: 'shop', body: podBody({ name: 'a' }), options: { dryRun: true } };
  for (let run = 0; run < 3; run += 1) await api.create(PODS, dry);
  await addPod(api, podBody({ name: 'a' }));
  assert.equal((await refusal(() => api.create(PODS, { ...dry, body: podBody({ name: 'b' }) }))).code, 403);
});

const inject = { op: 'add', path: '/spec/containers/-', value: { name: 'proxy', image: 'proxy:1' } };

/** Adds a sidecar once, as injectors do. */
const injector: Mutator = {
  name: 'injector',
  mutate: ({ spec }) => (spec.containers.some(({ name }) => name === 'proxy') ? [] : [inject]),
};

test('IfNeeded: called again when a later webhook changed the pod, and it sees the change', async () => {
  const { api, calls } = await bench();
  const seen: string[] = [];
  const names = (pod: PodObject): string => pod.spec.containers.map(({ name }) => name).join();
  api.setHooks([mutatorHook({ ...spy('first', seen, names), reinvocationPolicy: 'IfNeeded' }), mutatorHook(injector)]);
  const pod = await addPod(api, podBody({ name: 'a' }));
  assert.deepEqual(seen, ['app', 'app,proxy']);
  assert.deepEqual(
    calls.map(({ hook, round }) => [hook, round]),
    [
      ['first', 0],
      ['injector', 0],
      ['first', 1],
    ],
  );
  const proxy = pod.spec.containers[1];
  assert.equal(proxy?.['imagePullPolicy'], 'IfNotPresent', 'the new container is defaulted');
  assert.ok(proxy?.['volumeMounts'], 'and the plugins ran again');
});

test('IfNeeded: not called again for its own change', async () => {
  const { api, calls } = await bench();
  api.setHooks([mutatorHook({ name: 'scale', mutate: () => setCpu('1m'), reinvocationPolicy: 'IfNeeded' })]);
  await addPod(api, podBody({ name: 'a' }));
  assert.deepEqual(
    calls.map(({ hook, round }) => [hook, round]),
    [['scale', 0]],
  );
});

test('IfNeeded: called again when the plugins changed the pod in the second round', async () => {
  const { api, calls } = await bench();
  api.setHooks([
    mutatorHook(injector),
    mutatorHook({ name: 'scale', mutate: () => setCpu('1m'), reinvocationPolicy: 'IfNeeded' }),
  ]);
  await addPod(api, podBody({ name: 'a' }));
  // The injector's container gets its token only then.
  assert.deepEqual(
    calls.map(({ hook, round }) => [hook, round]),
    [
      ['injector', 0],
      ['scale', 0],
      ['scale', 1],
    ],
  );
});

test('Never: not called again', async () => {
  const { api, calls } = await bench();
  api.setHooks([mutatorHook(spy('first', [], () => '')), mutatorHook(injector)]);
  await addPod(api, podBody({ name: 'a' }));
  assert.ok(calls.every(({ round }) => round === 0));
});

test('a patch that says the same again is no change', async () => {
  const { api, calls } = await bench();
  api.setHooks([
    mutatorHook({ ...spy('first', [], () => ''), reinvocationPolicy: 'IfNeeded' }),
    mutatorHook({ name: 'same', mutate: () => setCpu('0.5') }),
  ]);
  await addPod(api, podBody({ name: 'a' }));
  assert.deepEqual(
    calls.map(({ outcome }) => outcome),
    ['unchanged', 'unchanged'],
  );
});

test('a namespace must exist and not be going', async () => {
  const { api } = await bench();
  const missing = await refusal(() => addPod(api, podBody({ name: 'a' }), 'gone'));
  assert.deepEqual([missing.code, missing.message], [404, 'namespaces "gone" not found']);
  api.patch(NAMESPACES, { name: 'shop', patch: { status: { phase: 'Terminating' } } });
  const going = await refusal(() => addPod(api, podBody({ name: 'a' })));
  assert.deepEqual([going.code, going.reason], [403, 'Forbidden']);
});

test('what pod validation refuses', async () => {
  const { api } = await bench();
  const container = { name: 'app', image: 'x:1' };
  const cases: Array<readonly [words: RegExp, spec: object, metadata?: object]> = [
    [/spec.containers: Required value/, { containers: [] }],
    [/spec.containers\[0\].name: Required value/, { containers: [{ image: 'x:1' }] }],
    [/spec.containers\[0\].image: Required value/, { containers: [{ name: 'app' }] }],
    [/spec.containers\[1\].name: Duplicate value: "app"/, { containers: [container, container] }],
    [/spec.initContainers\[0\].name: Duplicate/, { containers: [container], initContainers: [container] }],
    [/spec.containers\[0\].name: Invalid value: "App"/, { containers: [{ ...container, name: 'App' }] }],
    [/metadata.name: Required value/, { containers: [container] }, {}],
    [/metadata.name: Invalid value/, { containers: [container] }, { name: 'A_B' }],
    [/metadata.labels: Invalid value/, { containers: [container] }, { name: 'a', labels: { 'a/b/c': 'x' } }],
    [/metadata.labels: Invalid value/, { containers: [container] }, { name: 'a', labels: { a: 'x y' } }],
    [
      /must be greater than or equal to aggregate container requests of 2/,
      {
        containers: [{ ...container, resources: { requests: { cpu: '2' } } }],
        resources: { requests: { cpu: '1' } },
      },
    ],
    [
      /must be less than or equal to pod limits of 1/,
      {
        containers: [{ ...container, resources: { limits: { cpu: '2' }, requests: { cpu: '1' } } }],
        resources: { limits: { cpu: '1' } },
      },
    ],
    [/spec.overhead\[cpu\]: Invalid value/, { containers: [container], overhead: { cpu: '-1' } }],
  ];
  for (const [words, spec, metadata = { name: 'a' }] of cases) {
    const status = await refusal(() => addPod(api, { metadata, spec }));
    assert.deepEqual([status.code, status.reason], [422, 'Invalid']);
    assert.match(status.message ?? '', words);
  }
});

test('pod-level requests come from the containers, else from the pod-level limits', async () => {
  const { api } = await bench();
  const resources = { limits: { cpu: '4', memory: '1Gi' } };
  const pod = await addPod(api, podBody({ name: 'a' }, { requests: { cpu: '500m' } }, { resources }));
  assert.deepEqual(pod.spec.resources, { ...resources, requests: { cpu: '500m', memory: '1Gi' } });
});

test('an object that exists is not created twice', async () => {
  const { api } = await bench();
  await addPod(api, podBody({ name: 'a' }));
  const status = await refusal(() => addPod(api, podBody({ name: 'a' })));
  assert.deepEqual([status.code, status.message], [409, 'pods "a" already exists']);
});
