import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AgentPod } from '../../../agent/pods/agent-pod.ts';
import { readAgentPod } from '../../../agent/pods/read-pod.ts';
import { fixture } from '../../support/fixtures.ts';
import { policy } from '../../support/webhook.ts';
import { containerId, hashOf, uidOf } from '../cgroups/trees.ts';

const POLICY = policy();
const UID = uidOf('web');

interface Parts {
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object | null;
}

function object({ metadata = {}, spec = {}, status = {} }: Parts) {
  return {
    metadata: { uid: UID, namespace: 'shop', name: 'web-1', ...metadata },
    spec: { nodeName: 'n', containers: [{ name: 'app', resources: { requests: { cpu: '250m' } } }], ...spec },
    status,
  };
}

function read(parts: Parts, overrides?: ReadonlyMap<string, 'critical' | 'low'>): AgentPod {
  const reading = readAgentPod(object(parts), POLICY, overrides);
  assert.ok(reading?.pod != null);
  return reading.pod;
}

const running = (label: string, state: object = { running: { startedAt: '2026-11-21T10:00:00Z' } }) => ({
  name: label,
  containerID: `containerd://${containerId(label)}`,
  state,
});
const container = (cpu: string | undefined, limit?: string, more: object = {}) => ({
  name: `c-${cpu}-${limit}`,
  resources: { requests: { cpu }, limits: { cpu: limit } },
  ...more,
});

test('a pod that runs', () => {
  const status = { phase: 'Running', containerStatuses: [running('app')] };
  assert.deepEqual(read({ status, spec: { priority: 100_000, priorityClassName: 'temper-high' } }), {
    uid: UID,
    cgroupUid: UID,
    namespace: 'shop',
    name: 'web-1',
    tier: 'high',
    tierReason: 'priority 100000 (temper-high) is at least 100000',
    qos: 'Burstable',
    requestMilli: 250,
    specMilli: 250,
    disbelieved: null,
    limitMilli: null,
    containerIds: [containerId('app')],
  });
});

test('a system pod, by static source or system namespace', () => {
  const priority = 2_000_001_000;
  assert.equal(read({ metadata: { namespace: 'kube-system' }, spec: { priority } }).tier, 'system');
  assert.equal(
    read({ metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } }, spec: { priority } }).tier,
    'system',
  );
  assert.equal(read({ spec: { priority } }).tier, 'high');
});

test('the original request as far as the record is believed, else the request of the spec with the reason', () => {
  const claiming = (original: string, scaled = '250m', spec = {}): AgentPod => {
    const record = { v: 1, factor: 0.5, containers: { app: { original, scaled } } };
    return read({ metadata: { annotations: { 'temper.codes/original-requests': JSON.stringify(record) } }, spec });
  };
  const { requestMilli, specMilli, disbelieved } = claiming('500m');
  assert.deepEqual([requestMilli, specMilli, disbelieved], [500, 250, null]);
  const table: Array<[AgentPod, RegExp]> = [
    [claiming('500m', '250m', { priority: 1_000_000 }), /Critical/],
    [claiming('500m', '200m'), /no longer the scaled one/],
    [claiming('64'), /minimum factor/],
  ];
  for (const [pod, reason] of table) {
    assert.equal(pod.requestMilli, 250);
    assert.match(pod.disbelieved ?? '', reason);
  }
});

test('an override changes the tier, not how far the record is believed; system pods take none', () => {
  const record = { v: 1, factor: 0.5, containers: { app: { original: '500m', scaled: '250m' } } };
  const metadata = { annotations: { 'temper.codes/original-requests': JSON.stringify(record) } };
  const overridden = read({ metadata }, new Map([[UID, 'critical']]));
  assert.deepEqual([overridden.tier, overridden.requestMilli], ['critical', 500]);
  assert.match(overridden.tierReason, /^override set by hand; without it normal: no PriorityClass/);
  const system = { metadata: { namespace: 'kube-system' }, spec: { priority: 2_000_000_000 } };
  const kept = read(system, new Map([[UID, 'critical']]));
  assert.equal(kept.tier, 'system');
  assert.match(kept.tierReason, /override does not count/);
  assert.equal(read({ metadata }, new Map([[uidOf('other'), 'critical']])).tier, 'normal');
});

test('the CPU limit of the whole pod', () => {
  const sidecar = { restartPolicy: 'Always' };
  const table: Array<[spec: object, limit: number | null]> = [
    [{ containers: [container('1', '1')] }, 1000],
    [{ containers: [container('1', '1'), container('1', '500m')] }, 1500],
    [{ containers: [container('1', '1'), container('1')] }, null],
    [{ containers: [container('1', '0')] }, null],
    [{ containers: [container('1', '1')], initContainers: [container('1')] }, 1000],
    [{ containers: [container('1', '1')], initContainers: [container('1', '3')] }, 3000],
    [{ containers: [container('1', '1')], initContainers: [container('1', undefined, sidecar)] }, null],
    [{ containers: [container('1', '1')], initContainers: [container('1', '2', sidecar)] }, 3000],
    [{ containers: [container('1')], resources: { limits: { cpu: '2' } } }, 2000],
    [{ containers: [container('1', '1')], resources: { limits: { memory: '1Gi' } } }, 1000],
    [{ containers: [container('1', '1')], overhead: { cpu: '250m' } }, 1250],
    [{ containers: [container('1', '9E')] }, 1_000_000_000],
  ];
  for (const [spec, limit] of table) assert.equal(read({ spec }).limitMilli, limit, JSON.stringify(spec));
});

test('the QoS class', () => {
  const full = { cpu: '1', memory: '1Gi' };
  assert.equal(
    read({ spec: { containers: [{ name: 'a', resources: { requests: full, limits: full } }] } }).qos,
    'Guaranteed',
  );
  const { qos, tier } = read({ spec: { containers: [{ name: 'a' }] } });
  assert.deepEqual([qos, tier], ['BestEffort', 'background']);
});

test('ids of the containers that run: sidecars and debugging containers too, of every runtime', () => {
  const status = {
    containerStatuses: [
      running('app'),
      { ...running('crio'), containerID: `cri-o://${containerId('crio')}` },
      running('ended', { terminated: { exitCode: 0 } }),
      running('waits', { waiting: { reason: 'CrashLoopBackOff' } }),
      { name: 'none', state: { running: {} } },
      { name: 'short', containerID: 'containerd://abc', state: { running: {} } },
      { name: 'evil', containerID: `containerd://../${containerId('evil')}`, state: { running: {} } },
    ],
    initContainerStatuses: [running('sidecar'), running('app')],
    ephemeralContainerStatuses: [running('debug')],
  };
  assert.deepEqual(read({ status }).containerIds, ['app', 'crio', 'sidecar', 'debug'].map(containerId));
});

test('a pod that has ended is left out; one that still ends stays', () => {
  const deleted = { deletionTimestamp: '2026-11-21T10:00:00Z' };
  const ended = running('app', { terminated: { exitCode: 0 } });
  const table: Array<[title: string, parts: Parts, stays: boolean]> = [
    ['succeeded', { status: { phase: 'Succeeded' } }, false],
    ['failed', { status: { phase: 'Failed' } }, false],
    ['being deleted, runs', { metadata: deleted, status: { containerStatuses: [running('app')] } }, true],
    [
      'being deleted, one of two runs',
      { metadata: deleted, status: { containerStatuses: [ended, running('b')] } },
      true,
    ],
    [
      'being deleted, a sidecar runs',
      { metadata: deleted, status: { containerStatuses: [ended], initContainerStatuses: [running('s')] } },
      true,
    ],
    ['being deleted, all ended', { metadata: deleted, status: { containerStatuses: [ended] } }, false],
    ['being deleted, no status known', { metadata: deleted }, true],
    ['being deleted, status not understood', { metadata: deleted, status: { containerStatuses: [7] } }, true],
    ['all ended, not being deleted', { status: { containerStatuses: [ended] } }, true],
  ];
  for (const [title, parts, stays] of table) {
    assert.equal(readAgentPod(object(parts), POLICY)?.pod != null, stays, title);
  }
});

test("a static pod's cgroup is named by its hash; nobody else's pod can say so", () => {
  const hash = hashOf('etcd');
  const cgroupUid = (annotations: object): string => read({ metadata: { annotations } }).cgroupUid;
  const mirror = { 'kubernetes.io/config.mirror': hash };
  assert.equal(cgroupUid({ ...mirror, 'kubernetes.io/config.hash': hash }), hash);
  assert.equal(cgroupUid(mirror), hash);
  assert.equal(cgroupUid({ 'kubernetes.io/config.source': 'file', 'kubernetes.io/config.hash': hash }), hash);
  assert.equal(cgroupUid({ 'kubernetes.io/config.hash': hash }), UID);
  assert.equal(cgroupUid({ 'kubernetes.io/config.mirror': '../../x' }), UID);
});

test('what is no pod is not understood; a status that is not understood loses only the ids', () => {
  for (const value of [
    null,
    7,
    [],
    {},
    { metadata: {}, spec: {} },
    object({ metadata: { uid: '' } }),
    object({ metadata: { uid: '../x' } }),
  ]) {
    assert.equal(readAgentPod(value, POLICY), null, JSON.stringify(value));
  }
  const huge = { containerStatuses: Array.from({ length: 5000 }, (_, index) => running(String(index))) };
  assert.equal(read({ status: huge }).containerIds.length, 1000);
  assert.deepEqual(
    read({ status: { containerStatuses: [{ containerID: 7, state: { running: {} } }] } }).containerIds,
    [],
  );
  assert.equal(read({ status: { containerStatuses: 'many' }, spec: { priority: 1_000_000 } }).tier, 'critical');
});

test('it never throws, whatever the object', () => {
  fc.assert(
    fc.property(
      fc.object({ maxDepth: 4 }),
      fc.object({ maxDepth: 4 }),
      fc.object({ maxDepth: 4 }),
      (metadata, spec, status) => {
        readAgentPod({ metadata, spec, status }, POLICY);
        readAgentPod(object({ metadata, spec, status }), POLICY);
      },
    ),
  );
});

test('every pod of a real API server is understood', () => {
  for (const page of ['pods-page1.json', 'pods-page2.json']) {
    for (const item of JSON.parse(fixture(`api/${page}`)).items) assert.ok(readAgentPod(item, POLICY)?.pod != null);
  }
});
