import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsonPatch from 'fast-json-patch';
import fastify from 'fastify';
import { ORIGINAL_REQUESTS } from '../../src/model/keys.ts';
import { readPod } from '../../src/model/pod.ts';
import { webhookRoutes } from '../../webhooks/routes.ts';
import { limitRangeProblems } from '../standin/limit-range.ts';
import { fixture, fixtureNames } from '../support/fixtures.ts';
import { recordedWebhook } from '../support/recorded-webhook.ts';

/** What each recorded review is answered with: the reason, and the CPU requests after it. Further recordings need no entry. */
const EXPECTED: Record<string, [reason: string, requests?: Record<string, string>]> = {
  'plain-not-opted-create': ['namespace-not-opted-in'],
  'ranged-at-min-create': ['limit-range'],
  'ranged-defaulted-create': ['scaled', { app: '250m' }],
  'ranged-ratio-create': ['limit-range'],
  'shop-background-create': ['scaled', { a: '125m', b: '50m', c: '50m' }],
  'shop-batch-create': ['already-scaled', { app: '500m' }],
  'shop-besteffort-create': ['nothing-to-scale'],
  'shop-burstable-create': ['scaled', { app: '350m' }],
  'shop-burstable-update': ['not-a-create'],
  'shop-burstable-update-ephemeralcontainers': ['sub-resource'],
  'shop-burstable-update-resize': ['sub-resource'],
  'shop-crit-create': ['tier-critical'],
  'shop-deploy-create': ['scaled', { app: '420m' }],
  'shop-dryrun-create-dry': ['scaled', { app: '630m' }],
  'shop-ds-create': ['daemonset'],
  'shop-forged-create': ['annotation-corrected', { app: '1' }],
  'shop-guaranteed-create': ['guaranteed'],
  'shop-high-create': ['factor-one'],
  'shop-init-sidecar-create': ['scaled', { mig: '1400m', proxy: '70m', app: '560m', log: '35m' }],
  'shop-job-create': ['scaled', { batch: '1500m' }],
  'shop-limit-only-create': ['scaled', { app: '1400m' }],
  'shop-low-create': ['scaled', { app: '375m' }],
  'shop-mirror-create': ['mirror-pod'],
  'shop-normal-class-create': ['nothing-to-scale'],
  'shop-optout-create': ['pod-opted-out'],
  'shop-podlevel-create': ['pod-level-resources'],
  'shop-sts-create': ['factor-one'],
  'shop-tiny-create': ['nothing-to-scale'],
};

const { webhook, ranges } = recordedWebhook();
const app = fastify();
webhookRoutes(app, webhook);

interface Reply {
  readonly kind: string;
  readonly apiVersion: string;
  readonly response: {
    uid: string;
    allowed: boolean;
    patchType?: string;
    patch?: string;
    auditAnnotations: Record<string, string>;
  };
}

for (const file of fixtureNames('admission')) {
  test(`recorded review ${file}`, async () => {
    const body = JSON.parse(fixture(`admission/${file}`)) as {
      request: { uid: string; namespace: string; object: object };
    };
    const reply = await app.inject({ method: 'POST', url: '/mutate?timeout=2s', payload: body });
    assert.equal(reply.statusCode, 200);
    const { kind, apiVersion, response } = reply.json<Reply>();
    assert.deepEqual([kind, apiVersion], ['AdmissionReview', 'admission.k8s.io/v1']);
    assert.deepEqual([response.uid, response.allowed], [body.request.uid, true]);
    assert.equal(response.patch !== undefined, response.patchType === 'JSONPatch');

    const patched = applied(body.request.object, response.patch);
    const before = cpuRequests(body.request.object);
    const after = cpuRequests(patched);
    for (const [name, { nano }] of before) assert.ok((after.get(name)?.nano ?? -1n) <= nano, `${name} was raised`);
    if (limitRangeProblems(ranges(body.request.namespace), specOf(body.request.object)).length === 0) {
      assert.deepEqual(limitRangeProblems(ranges(body.request.namespace), specOf(patched)), []);
    }

    assert.deepEqual(untouched(patched), untouched(body.request.object), 'all else is as it was');
    const again = { ...body, request: { ...body.request, object: patched } };
    const second = await app.inject({ method: 'POST', url: '/mutate?timeout=2s', payload: again });
    assert.equal(second.json<Reply>().response.patch, undefined, 'twice equals once');

    const expected = EXPECTED[file.replace(/(-\d+)?\.json$/, '')];
    if (expected === undefined) return;
    assert.equal(response.auditAnnotations['reason'], expected[0]);
    for (const [name, text] of Object.entries(expected[1] ?? {})) assert.equal(after.get(name)?.text, text, name);
  });
}

test('the expectations name files that exist', () => {
  const names = new Set(fixtureNames('admission').map((file) => file.replace(/(-\d+)?\.json$/, '')));
  assert.deepEqual(
    Object.keys(EXPECTED).filter((name) => !names.has(name)),
    [],
  );
});

test('the record of a recorded pod with init containers and a sidecar', async () => {
  const payload = fixture('admission/shop-init-sidecar-create.json');
  const reply = await app.inject({
    method: 'POST',
    url: '/mutate',
    payload,
    headers: { 'content-type': 'application/json' },
  });
  const patched = applied(
    (JSON.parse(payload) as { request: { object: object } }).request.object,
    reply.json<Reply>().response.patch,
  );
  const { metadata } = patched as { metadata: { annotations: Record<string, string> } };
  assert.deepEqual(JSON.parse(metadata.annotations[ORIGINAL_REQUESTS] ?? ''), {
    v: 1,
    factor: 0.7,
    containers: {
      mig: { original: '2', scaled: '1400m' },
      proxy: { original: '100m', scaled: '70m' },
      app: { original: '800m', scaled: '560m' },
      log: { original: '50m', scaled: '35m' },
    },
  });
});

function applied(object: object, patch: string | undefined): object {
  if (patch === undefined) return object;
  const operations = JSON.parse(Buffer.from(patch, 'base64').toString()) as jsonPatch.Operation[];
  return jsonPatch.applyPatch(structuredClone(object), operations, true).newDocument;
}

/** The object without the two things the webhook may touch. */
function untouched(object: object): unknown {
  const copy = structuredClone(object) as {
    metadata: { annotations?: Record<string, string> };
    spec: Record<string, Array<{ resources?: { requests?: { cpu?: string } } }>>;
  };
  const { [ORIGINAL_REQUESTS]: _, ...annotations } = copy.metadata.annotations ?? {};
  copy.metadata.annotations = annotations;
  for (const list of ['containers', 'initContainers']) {
    for (const { resources } of copy.spec[list] ?? []) {
      if (resources?.requests?.cpu !== undefined) resources.requests.cpu = 'any';
    }
  }
  return copy;
}

function cpuRequests(object: object): Map<string, { text: string; nano: bigint }> {
  const reading = readPod(object);
  assert.ok(reading.ok);
  const found = new Map<string, { text: string; nano: bigint }>();
  for (const { name, resources } of [...reading.pod.spec.initContainers, ...reading.pod.spec.containers]) {
    if (resources.requests.cpu !== undefined) found.set(name, resources.requests.cpu);
  }
  return found;
}

const specOf = (object: object): unknown => (object as { spec: unknown }).spec;
