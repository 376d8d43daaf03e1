import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factorOf } from '../../src/model/factor.ts';
import { readPod } from '../../src/model/pod.ts';
import { type PodView, podView } from '../../src/model/pod-view.ts';
import { fixture, fixtureNames } from '../support/fixtures.ts';

const POLICY = {
  tierPolicy: {
    mode: 'value',
    thresholds: { critical: 1_000_000, high: 100_000, normal: 0, low: -100 },
    systemNamespaces: new Set(['kube-system']),
  },
  minimumFactor: factorOf(0.25),
} as const;

const CREATED = '2026-11-21T09:59:00Z';
const CREATED_AT = Date.UTC(2026, 10, 21, 9, 59);

function view(metadata: object, spec: object = {}, status: object = {}): PodView {
  const reading = readPod({
    metadata: { uid: 'u', namespace: 'shop', name: 'web-1', creationTimestamp: CREATED, ...metadata },
    spec: { containers: [{ name: 'app', resources: { requests: { cpu: '250m' } } }], ...spec },
    status,
  });
  assert.ok(reading.ok);
  return podView(reading.pod, POLICY);
}

test('a pod that waits', () => {
  assert.deepEqual(view({}, { priorityClassName: 'temper-high', priority: 100_000 }), {
    uid: 'u',
    namespace: 'shop',
    name: 'web-1',
    generateName: '',
    workload: { kind: 'Pod', name: 'web-1' },
    controllerUid: '',
    spread: null,
    pinned: null,
    tier: 'high',
    tierReason: 'priority 100000 (temper-high) is at least 100000',
    originalMilli: 250,
    requestMilli: 250,
    disbelieved: null,
    schedulerName: 'default-scheduler',
    nodeName: null,
    createdAt: CREATED_AT,
    boundAt: null,
    alive: true,
  });
});

test('the original request beside the scaled one, as far as it can be believed', () => {
  const claiming = (original: string) => {
    const record = { v: 1, factor: 0.5, containers: { app: { original, scaled: '250m' } } };
    return view({ annotations: { 'temper.codes/original-requests': JSON.stringify(record) } });
  };
  assert.deepEqual([claiming('500m').originalMilli, claiming('500m').requestMilli], [500, 250]);
  const forged = claiming('64');
  assert.equal(forged.originalMilli, 250);
  assert.match(forged.disbelieved ?? '', /below the minimum factor/);
});

test('a hostile request is capped, so that sums of many stay exact', () => {
  const hostile = view({}, { containers: [{ name: 'app', resources: { requests: { cpu: '9E' } } }] });
  assert.deepEqual([hostile.originalMilli, hostile.requestMilli], [1_000_000_000, 1_000_000_000]);
});

test('when a pod was bound: by its condition, else by its creation', () => {
  const scheduled = (lastTransitionTime: string, status = 'True') => ({
    conditions: [{ type: 'PodScheduled', status, lastTransitionTime }],
  });
  const bound = { nodeName: 'n' };
  assert.equal(view({}, bound, scheduled('2026-11-21T10:00:00Z')).boundAt, CREATED_AT + 60_000);
  assert.equal(view({}, bound, scheduled('soon')).boundAt, CREATED_AT);
  assert.equal(view({}, bound, scheduled('2026-11-21T10:00:00Z', 'False')).boundAt, CREATED_AT);
  assert.equal(view({ creationTimestamp: null }, bound).boundAt, null);
  assert.equal(view({}, {}, scheduled('2026-11-21T10:00:00Z')).boundAt, null);
});

test('a pod that ended or is being deleted holds nothing', () => {
  assert.equal(view({}, {}, { phase: 'Succeeded' }).alive, false);
  assert.equal(view({}, {}, { phase: 'Failed' }).alive, false);
  assert.equal(view({ deletionTimestamp: CREATED }).alive, false);
  assert.equal(view({}, {}, { phase: 'Running' }).alive, true);
});

test('what pins a pod to its node', () => {
  const owner = (kind: string, controller = true) => ({ ownerReferences: [{ kind, name: 'o', controller }] });
  assert.equal(view(owner('ReplicaSet')).pinned, null);
  assert.equal(view(owner('DaemonSet')).pinned, 'daemonset');
  assert.equal(view(owner('DaemonSet', false)).pinned, null);
  assert.equal(view(owner('Node')).pinned, 'static');
  assert.equal(view({ annotations: { 'kubernetes.io/config.mirror': 'x' } }).pinned, 'static');
});

test('every pod that a real scheduler sent is understood', () => {
  for (const name of fixtureNames('extender')) {
    const reading = readPod(JSON.parse(fixture(`extender/${name}`)).Pod);
    assert.ok(reading.ok, name);
    const { uid, alive, nodeName } = podView(reading.pod, POLICY);
    assert.ok(uid !== '' && alive && nodeName === null, name);
  }
});
