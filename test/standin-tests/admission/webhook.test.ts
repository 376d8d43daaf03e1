import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { httpHook, type WebhookConfig } from '../../standin/admission/hooks.ts';
import type { PodObject } from '../../standin/api/objects.ts';
import { LIMIT_RANGES, PODS } from '../../standin/api/resources.ts';
import { makeCa } from '../../support/certificates.ts';
import { type Answer, allow, type FakeWebhook, fakeWebhook, setCpu } from '../fake-webhook.ts';
import { addNamespace, addPod, type Bench, bench, podBody, refusal, served } from '../helpers.ts';

interface Wired extends Bench {
  readonly webhook: FakeWebhook;
}

/** An API that calls a fake webhook with the product's settings. */
async function wired(t: TestContext, answer: Answer, config: Partial<WebhookConfig> = {}): Promise<Wired> {
  const webhook = await fakeWebhook(t, answer);
  const base = await bench();
  const hook = httpHook(
    {
      name: 'overcommit.temper.codes',
      url: webhook.url,
      caBundle: webhook.ca,
      failurePolicy: 'Ignore',
      timeoutSeconds: 2,
      reinvocationPolicy: 'IfNeeded',
      namespaceSelector: { matchLabels: { 'temper.codes/overcommit': 'enabled' } },
      objectSelector: {
        matchExpressions: [{ key: 'temper.codes/overcommit', operator: 'NotIn', values: ['disabled'] }],
      },
      ...config,
    },
    base.clock,
  );
  base.api.setHooks([hook]);
  t.after(() => hook.close());
  return { ...base, webhook };
}

const cpuOf = ({ spec }: PodObject): unknown => spec.containers[0]?.resources?.requests?.['cpu'];

test('a patch is applied to the pod that is stored', async (t) => {
  const { api, calls } = await wired(t, (review) =>
    allow(review, setCpu('250m'), { auditAnnotations: { reason: 'scaled' }, warnings: ['scaled'] }),
  );
  const { object, warnings } = await api.create(PODS, { namespace: 'shop', body: podBody({ name: 'a' }) });
  assert.equal(cpuOf(object as PodObject), '250m');
  assert.equal(cpuOf(api.get(PODS, 'a', 'shop') as PodObject), '250m');
  assert.deepEqual(warnings, ['scaled']);
  const [call] = calls;
  assert.deepEqual([call?.outcome, call?.round, call?.auditAnnotations], ['patched', 0, { reason: 'scaled' }]);
});

test('the call: path, headers, one kept connection', async (t) => {
  const { api, webhook } = await wired(t, (review) => allow(review));
  for (const name of ['a', 'b']) await addPod(api, podBody({ name }));
  const [first, second] = webhook.received;
  assert.equal(first?.url, '/mutate?timeout=2s');
  assert.deepEqual(
    ['accept', 'content-type', 'accept-encoding', 'user-agent'].map((name) => first?.headers[name]),
    ['application/json, */*', 'application/json', 'gzip', 'kube-apiserver-admission'],
  );
  assert.equal(first?.port, second?.port);
  assert.notEqual(first?.review.request.uid, second?.review.request.uid);
});

test('only selected namespaces and pods are sent', async (t) => {
  const { api, webhook, calls } = await wired(t, (review) => allow(review, setCpu('1m')));
  await addNamespace(api, 'plain');
  assert.equal(cpuOf(await addPod(api, podBody({ name: 'a' }), 'plain')), '500m');
  const labels = { 'temper.codes/overcommit': 'disabled' };
  assert.equal(cpuOf(await addPod(api, podBody({ name: 'b', labels }))), '500m');
  assert.deepEqual([webhook.received, calls], [[], []]);
});

test('a zipped answer is read', async (t) => {
  const { api } = await wired(t, (review, response) => {
    response.setHeader('content-encoding', 'gzip');
    response.end(gzipSync(JSON.stringify(allow(review, setCpu('250m')))));
    return undefined;
  });
  assert.equal(cpuOf(await addPod(api, podBody({ name: 'a' }))), '250m');
});

/** Answers of which the API server can make nothing. */
const failures: ReadonlyArray<readonly [what: string, answer: Answer, detail: RegExp]> = [
  ['HTTP 500', (_review, response) => response.writeHead(500) && 'oops', /an error on the server \(500\)/],
  ['HTTP 404', (_review, response) => response.writeHead(404) && 'oops', /\(404\)/],
  ['an empty body', (_review, response) => response.end() && undefined, /not JSON/],
  ['half a body', (_review, response) => response.writeHead(200) && '{"kind":"Admiss', /not JSON/],
  ['no response', () => ({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' }), /response was absent/],
  ['a wrong uid', (review) => allow({ request: { ...review.request, uid: 'other' } }), /expected response.uid=/],
  [
    'a wrong version',
    (review) => ({ ...(allow(review) as object), apiVersion: 'admission.k8s.io/v1beta1' }),
    /expected webhook response of/,
  ],
  ['no kind', (review) => ({ ...(allow(review) as object), kind: undefined }), /expected webhook response of/],
  ['a patch without its type', (review) => allow(review, [], { patch: 'W10=' }), /not response.patchType/],
  ['a type without a patch', (review) => allow(review, [], { patchType: 'JSONPatch' }), /not response.patch/],
  [
    'another kind of patch',
    (review) => allow(review, [], { patchType: 'Merge', patch: 'W10=' }),
    /unsupported patch type/,
  ],
  [
    'a patch that is not base64',
    (review) => allow(review, [], { patchType: 'JSONPatch', patch: '{}' }),
    /no AdmissionReview/,
  ],
  [
    'a patch that is no list',
    (review) => allow(review, [], { patchType: 'JSONPatch', patch: 'e30=' }),
    /undecodable patch/,
  ],
  ['a reset', (_review, _response, request) => request.socket.destroy() && undefined, /failed to call webhook/],
];

for (const [what, answer, detail] of failures) {
  test(`Ignore: ${what} admits the pod unchanged`, async (t) => {
    const { api, calls } = await wired(t, answer);
    assert.equal(cpuOf(await addPod(api, podBody({ name: 'a' }))), '500m');
    assert.equal(calls[0]?.outcome, 'failed-open');
    assert.match(calls[0]?.detail ?? '', detail);
  });

  test(`Fail: ${what} refuses the pod`, async (t) => {
    const { api, calls } = await wired(t, answer, { failurePolicy: 'Fail' });
    const status = await refusal(() => addPod(api, podBody({ name: 'a' })));
    assert.deepEqual([status.code, status.reason, calls[0]?.outcome], [500, 'InternalError', 'failed-closed']);
    assert.match(status.message ?? '', /failed calling webhook "overcommit.temper.codes"/);
    assert.deepEqual(api.list(PODS).items, []);
  });
}

test('no answer: the pod waits for the time-out and no longer', async (t) => {
  const { api, clock, webhook, calls } = await wired(t, () => undefined);
  const arrived = webhook.next();
  const created = addPod(api, podBody({ name: 'a' }));
  await arrived;
  clock.advance(1_999);
  assert.equal(calls.length, 0);
  clock.advance(1);
  assert.equal(cpuOf(await created), '500m');
  assert.deepEqual([calls[0]?.outcome, calls[0]?.ms], ['failed-open', 2_000]);
  assert.deepEqual(clock.pending, []);
});

test('the service is down', async (t) => {
  const { api, webhook, clock, calls } = await wired(t, (review) => allow(review));
  const hook = httpHook(
    { name: 'down', url: 'https://127.0.0.1:1/mutate', caBundle: webhook.ca, failurePolicy: 'Ignore' },
    clock,
  );
  api.setHooks([hook]);
  assert.equal(cpuOf(await addPod(api, podBody({ name: 'a' }))), '500m');
  assert.match(calls[0]?.detail ?? '', /ECONNREFUSED/);
});

test('the certificate must come from the given authority and have the given name', async (t) => {
  for (const config of [{ caBundle: makeCa().cert }, { serverName: 'other.temper.svc' }]) {
    const { api, calls } = await wired(t, (review) => allow(review, setCpu('1m')), config);
    assert.equal(cpuOf(await addPod(api, podBody({ name: 'a' }))), '500m');
    assert.match(calls[0]?.detail ?? '', /certificate|altnames/i);
  }
  const { api } = await wired(t, (review) => allow(review, setCpu('1m')), { serverName: 'temper.temper.svc' });
  assert.equal(cpuOf(await addPod(api, podBody({ name: 'a' }))), '1m');
});

/** Patches that go well on the wire and are wrong: no failure policy covers them. */
const wrongPatches: ReadonlyArray<readonly [what: string, patch: readonly unknown[], code: number, words: RegExp]> = [
  [
    'a path that does not exist',
    [{ op: 'replace', path: '/spec/nothing/here', value: 1 }],
    500,
    /Internal error occurred/,
  ],
  ['a container that does not exist', [{ op: 'remove', path: '/spec/containers/7' }], 500, /Internal error occurred/],
  ['a test that fails', [{ op: 'test', path: '/spec/schedulerName', value: 'x' }], 500, /Internal error occurred/],
  ['an operation that is none', [{ op: 'melt', path: '/spec' }], 500, /Internal error occurred/],
  ['an illegal quantity', setCpu('half'), 500, /quantities must match/],
  ['a wrong type', [{ op: 'replace', path: '/spec/containers', value: 'x' }], 500, /cannot be handled as a Pod/],
  ['another kind', [{ op: 'replace', path: '/kind', value: 'Node' }], 500, /cannot be handled as a Pod/],
  ['another namespace', [{ op: 'replace', path: '/metadata/namespace', value: 'other' }], 400, /namespace/],
  ['a request above the limit', setCpu('3'), 422, /must be less than or equal to cpu limit of 2/],
  ['a negative request', setCpu('-1'), 422, /must be greater than or equal to 0/],
  ['a request under the LimitRange', setCpu('50m'), 403, /minimum cpu usage per Container is 100m, but request is 50m/],
  [
    'annotations above 256 KiB',
    [{ op: 'add', path: '/metadata/annotations', value: { a: 'x'.repeat(262_144) } }],
    422,
    /metadata.annotations: Too long/,
  ],
  [
    'an annotation key that is none',
    [{ op: 'add', path: '/metadata/annotations', value: { [`temper.codes/${'x'.repeat(64)}`]: '' } }],
    422,
    /metadata.annotations/,
  ],
];

for (const [what, patch, code, words] of wrongPatches) {
  test(`even under Ignore ${what} refuses the pod`, async (t) => {
    const { api, calls } = await wired(t, (review) => allow(review, patch));
    const limits = [{ type: 'Container', min: { cpu: '100m' } }];
    await api.create(LIMIT_RANGES, { namespace: 'shop', body: { metadata: { name: 'lr' }, spec: { limits } } });
    const body = podBody({ name: 'a' }, { requests: { cpu: '1' }, limits: { cpu: '2' } });
    const status = await refusal(() => addPod(api, body));
    assert.equal(status.code, code, status.message);
    assert.match(status.message ?? '', words);
    assert.deepEqual(api.list(PODS).items, []);
    assert.equal(calls[0]?.outcome, code === 500 ? 'refused' : 'patched');
  });
}

test('CPU finer than a thousandth is rounded up, after the patch too', async (t) => {
  const { api } = await wired(t, (review) => allow(review, setCpu('100500u')));
  assert.equal(cpuOf(await addPod(api, podBody({ name: 'a' }))), '101m');
});

test('uid, creation time and version are the server’s, whatever a webhook writes there', async (t) => {
  const forged = { uid: 'forged', creationTimestamp: '2000-01-01T00:00:00Z' };
  const patch = Object.entries(forged).map(([field, value]) => ({ op: 'add', path: `/metadata/${field}`, value }));
  const { api } = await wired(t, (review) => allow(review, patch));
  const { metadata } = await addPod(api, podBody({ name: 'a' }));
  assert.notEqual(metadata.uid, forged.uid);
  assert.equal(metadata.creationTimestamp, '2026-11-21T10:00:00Z');
});

test('a denial refuses the pod with its code and words', async (t) => {
  const { api, calls } = await wired(t, (review) =>
    allow(review, [], { allowed: false, status: { code: 403, message: 'not today' } }),
  );
  const status = await refusal(() => addPod(api, podBody({ name: 'a' })));
  assert.equal(status.code, 403);
  assert.equal(status.message, 'admission webhook "overcommit.temper.codes" denied the request: not today');
  assert.equal(calls[0]?.outcome, 'denied');
});

test('warnings reach the client as headers', async (t) => {
  const { api } = await wired(t, (review) => allow(review, [], { warnings: ['half "as" much\r\nx: y'] }));
  const call = await served(t, api);
  const reply = await call('/api/v1/namespaces/shop/pods', { method: 'POST', body: podBody({ name: 'a' }) });
  assert.equal(reply.status, 201);
  assert.equal(reply.headers['warning'], '299 - "half \\"as\\" much??x: y"');
});

test('a refusal over HTTP is a Status with the same code', async (t) => {
  const { api } = await wired(t, (review) => allow(review, setCpu('half')));
  const call = await served(t, api);
  const reply = await call('/api/v1/namespaces/shop/pods', { method: 'POST', body: podBody({ name: 'a' }) });
  assert.deepEqual([reply.status, (reply.json as { code: number }).code], [500, 500]);
});
