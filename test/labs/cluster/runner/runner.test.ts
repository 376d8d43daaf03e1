import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fixture } from '../../../support/fixtures.ts';
import type { KubeClient } from '../../../support/kube-client.ts';
import { foreignOnly } from '../parts/from-modules.ts';
import { environmentOf, expand, fieldOf } from './environment.ts';
import { imageOf, isOurs } from './images.ts';
import { type LabPod, readLabPod } from './pod.ts';
import { Verdict } from './probe.ts';
import { hostsOf, targetsOf } from './services.ts';
import { type ContainerState, type KnownPod, type PodStatus, statusOf } from './status.ts';
import { createStatusWriter } from './status-writer.ts';
import { contentOf, Missing, publishFiles, type Sources } from './volumes.ts';

const container = (name: string, more: object = {}) => ({
  name,
  image: 'mirror.example/temper-service:0.1.0',
  imagePullPolicy: 'IfNotPresent',
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  ...more,
});

function podOf(spec: object = {}): LabPod {
  return readLabPod({
    metadata: { name: 'control-1', namespace: 'temper', uid: 'u-1', labels: { app: 'x' } },
    spec: {
      nodeName: 'node-1',
      serviceAccountName: 'control',
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      containers: [container('main')],
      ...spec,
    },
  });
}

const knownOf = (pod: LabPod): KnownPod => ({
  pod,
  podIp: 'p',
  hostIp: 'h',
  startTime: 't',
  states: new Map(),
  restarts: new Map(),
  lastEnds: new Map(),
});

const PLACE = { podIp: '10.244.0.10', hostIp: '10.244.0.1', apiHost: '10.96.0.1' };

test('a field that nothing would act on is refused by its name', () => {
  assert.throws(() => podOf({ hostNetwork: true }), /hostNetwork/);
  assert.throws(() => podOf({ containers: [container('main', { lifecycle: {} })] }), /lifecycle/);
  assert.throws(() => podOf({ volumes: [{ name: 'x', nfs: {} }] }), /nfs/);
});

test('what the API server makes of a pod is understood', () => {
  const { request } = JSON.parse(fixture('admission/plain-not-opted-create.json')) as { request: { object: LabPod } };
  const { metadata, spec } = request.object;
  const pod = readLabPod({ metadata: { ...metadata, uid: 'u-1' }, spec: { ...spec, nodeName: 'node-1' } });
  assert.ok(
    pod.spec.volumes.some(({ projected }) => projected !== undefined),
    'its token',
  );
});

test('images are known by their repository, whatever is before or behind it', () => {
  for (const name of ['temper-agent', 'a.example:5000/b/temper-agent:1', 'temper-agent@sha256:00']) {
    assert.equal(imageOf(name), 'agent');
  }
  assert.equal(imageOf('quay.io/jetstack/cert-manager-webhook:v1.21.2'), 'cert-manager-webhook');
  for (const name of [
    'nginx',
    'temper-agent/nginx:1',
    'my-temper-agent',
    'temper-agentx:1',
    'cert-manager-acmesolver',
  ]) {
    assert.equal(imageOf(name), null, name);
  }
  assert.equal(isOurs({ spec: { containers: [{ image: 'nginx' }, { image: 'x/kube-scheduler:v1' }] } }), true);
});

test("kwok's stages of pods leave ours out, those of nodes stay as they are", () => {
  const stage = (kind: string): string =>
    `spec:\n  resourceRef: {kind: ${kind}}\n  selector: {matchExpressions: [{key: a}]}`;
  const [pod = '', node = ''] = foreignOnly([stage('Pod'), stage('Node')]);
  assert.match(pod, /\{"key":"a"\},\{"key":".*temper-agent.*","operator":"DoesNotExist"\}/);
  assert.doesNotMatch(node, /DoesNotExist/);
});

test('the environment: the API server, fields of the pod, references to what stands before', () => {
  const env = [
    { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
    { name: 'BOTH', value: '$(NODE)-$(NONE)-$$(NODE)' },
  ];
  const pod = podOf({ containers: [container('main', { env })] });
  const [main] = pod.spec.containers;
  assert.ok(main);
  const made = environmentOf(main, pod, PLACE);
  assert.equal(made['KUBERNETES_SERVICE_HOST'], '10.96.0.1');
  assert.equal(made['BOTH'], 'node-1-$(NONE)-$(NODE)');
  assert.equal(expand('--node=$(NODE)', made), '--node=node-1');
  assert.equal(fieldOf("metadata.labels['app']", pod, PLACE), 'x');
  assert.throws(() => fieldOf('status.phase', pod, PLACE), /no field status\.phase/);
});

const sources = (configMap: Record<string, string> | null): Sources => ({
  configMap: () => Promise.resolve(configMap),
  secret: () => Promise.resolve(null),
  token: () => Promise.resolve(`token-${Math.random()}`),
});

test('volumes: what is missing is waited for, unless it is optional; a token is asked for once', async () => {
  const pod = podOf();
  const of = (volume: object) => podOf({ volumes: [{ name: 'v', ...volume }] }).spec.volumes[0] as never;
  const configMap = of({ configMap: { name: 'c', defaultMode: 420 } });
  await assert.rejects(contentOf(configMap, pod, PLACE, sources(null)), Missing);
  const items = [{ key: 'a', path: 'b' }];
  await assert.rejects(
    contentOf(of({ configMap: { name: 'c', defaultMode: 420, items } }), pod, PLACE, sources({})),
    /no key a/,
  );
  const optional = of({ secret: { secretName: 's', defaultMode: 420, optional: true } });
  assert.deepEqual(await contentOf(optional, pod, PLACE, sources(null)), {});
  const projected = of({ projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 'token' } }] } });
  const first = await contentOf(projected, pod, PLACE, sources(null));
  assert.deepEqual(await contentOf(projected, pod, PLACE, sources(null), first ?? undefined), first);
  assert.equal(await contentOf(of({ emptyDir: {} }), pod, PLACE, sources(null)), null);
});

test('files of a volume change all at once, and keep their names', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'temper-lab-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const read = (): string[] => ['a', 'b'].map((name) => readFileSync(join(folder, name), 'utf8'));
  publishFiles(folder, { a: '1', b: '1' }, 0o440, undefined);
  assert.deepEqual(read(), ['1', '1']);
  assert.equal(statSync(join(folder, 'a')).mode & 0o777, 0o440);
  const before = readdirSync(folder);
  publishFiles(folder, { a: '1', b: '1' }, 0o440, undefined, { a: '1', b: '1' });
  assert.deepEqual(readdirSync(folder), before, 'nothing is written where nothing has changed');
  chmodSync(folder, 0o755);
  publishFiles(folder, { a: '2', b: '2' }, 0o440, undefined, { a: '1', b: '1' });
  assert.deepEqual(read(), ['2', '2']);
  assert.equal(readdirSync(folder).filter((name) => /^\.\.\d/.test(name)).length, 1, 'the old version is gone');
});

test('a probe: ready after so many good answers, not after so many bad ones', () => {
  const verdict = new Verdict({ successThreshold: 1, failureThreshold: 2 });
  const heard = [false, true, false, true, false, false, true].map((answer) => {
    verdict.hear(answer);
    return verdict.holds;
  });
  assert.deepEqual(heard, [null, true, true, true, true, false, true]);
});

function shown(spec: object, states: Record<string, ContainerState>): string {
  const known = knownOf(podOf(spec));
  const { phase, conditions } = statusOf({ ...known, states: new Map(Object.entries(states)) }, 'now');
  return `${phase} ${conditions.find(({ type }) => type === 'Ready')?.status}`;
}

test("a pod's phase and readiness follow from its containers", () => {
  const running = (ready: boolean): ContainerState => ({ kind: 'running', startedAt: 't', ready });
  const ended = (exitCode: number): ContainerState => ({
    kind: 'terminated',
    exitCode,
    startedAt: 't',
    finishedAt: 't',
  });
  assert.equal(shown({}, {}), 'Pending False');
  assert.equal(shown({}, { main: running(false) }), 'Running False');
  assert.equal(shown({}, { main: running(true) }), 'Running True');
  assert.equal(shown({}, { main: ended(1) }), 'Running False', 'it begins again');
  const never = { restartPolicy: 'Never' };
  assert.equal(shown(never, { main: ended(0) }), 'Succeeded False');
  assert.equal(shown(never, { main: ended(3) }), 'Failed False');
  assert.equal(shown({ restartPolicy: 'OnFailure' }, { main: ended(3) }), 'Running False');
  const sidecar = { initContainers: [container('side', { restartPolicy: 'Always' })] };
  assert.equal(shown(sidecar, { main: running(true), side: running(false) }), 'Running False');
  assert.equal(shown(sidecar, { main: running(true), side: running(true) }), 'Running True');
});

test('a container that waits for its next start says so, and how it ended before', () => {
  const end: ContainerState = { kind: 'terminated', exitCode: 3, startedAt: 't', finishedAt: 't', message: 'why' };
  const states = new Map<string, ContainerState>([['main', { kind: 'waiting', reason: 'CrashLoopBackOff' }]]);
  const status = statusOf({ ...knownOf(podOf()), states, lastEnds: new Map([['main', end]]) }, 'now');
  assert.equal(status['phase'], 'Running');
  const [main] = status['containerStatuses'] as Array<{ state: object; lastState: object }>;
  assert.deepEqual(main?.state, { waiting: { reason: 'CrashLoopBackOff' } });
  const terminated = { reason: 'Error', exitCode: 3, startedAt: 't', finishedAt: 't', message: 'why' };
  assert.deepEqual(main?.lastState, { terminated });
});

test('a condition keeps the time since when it is so', () => {
  const states = new Map<string, ContainerState>([['main', { kind: 'running', startedAt: 't', ready: false }]]);
  const known = { ...knownOf(podOf()), states };
  const since = ({ conditions }: PodStatus, type: string) =>
    conditions.find((one) => one.type === type)?.lastTransitionTime;
  const first = statusOf(known, '1');
  states.set('main', { kind: 'running', startedAt: 't', ready: true });
  const second = statusOf(known, '2', first);
  const third = statusOf(known, '3', second);
  assert.deepEqual([since(second, 'Initialized'), since(second, 'Ready'), since(third, 'Ready')], ['1', '2', '2']);
});

test('a Service leads to the endpoints that are ready, by the name of the port', () => {
  const service = (name: string, spec: object) => ({ metadata: { name, namespace: 'temper' }, spec });
  const slice = (name: string, namespace: string, ready: boolean, host: string) => ({
    metadata: { namespace, labels: { 'kubernetes.io/service-name': name } },
    endpoints: [{ addresses: [host], conditions: { ready } }],
    ports: [
      { name: 'https', port: 8443 },
      { name: 'metrics', port: 8080 },
    ],
  });
  const services = [
    service('control', { clusterIP: '10.96.0.7', ports: [{ name: 'https', port: 443 }] }),
    service('headless', { clusterIP: 'None', ports: [{ name: 'https', port: 443 }] }),
  ];
  const slices = [
    slice('control', 'temper', true, 'a'),
    slice('control', 'temper', false, 'b'),
    slice('control', 'other', true, 'c'),
    slice('headless', 'temper', true, 'd'),
  ];
  assert.deepEqual(targetsOf(services, slices), [{ front: '10.96.0.7:443', backs: [{ host: 'a', port: 8443 }] }]);
  assert.deepEqual(hostsOf(services, slices), ['10.96.0.7 control.temper.svc', 'd headless.temper.svc']);
});

test('a status that is being written is waited for at the end, and none begins after it', async () => {
  const told: string[] = [];
  let answer = (): void => {};
  const call = async (): Promise<void> => {
    told.push('begins');
    await new Promise<void>((resolve) => {
      answer = resolve;
    });
    told.push('is through');
  };
  const writer = createStatusWriter({ call } as unknown as KubeClient, (text) => told.push(text));
  const known = knownOf(podOf());
  writer.write(known);
  await new Promise(setImmediate);
  writer.write(known);
  const closed = writer.close().then(() => told.push('closed'));
  await new Promise(setImmediate);
  answer();
  await closed;
  assert.deepEqual(told, ['begins', 'is through', 'closed']);
});
