import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UserInfo } from '../../standin/admission/context.ts';
import { httpHook } from '../../standin/admission/hooks.ts';
import type { KubeObject, PodObject } from '../../standin/api/objects.ts';
import { LIMIT_RANGES, PODS } from '../../standin/api/resources.ts';
import { fixture, fixtureNames } from '../../support/fixtures.ts';
import { allow, fakeWebhook } from '../fake-webhook.ts';
import { addNamespace, addPriorityClass, bench } from '../helpers.ts';

/** What kube-apiserver sent for each of these pods, against what the stand-in sends for the same pod. */

interface Recorded {
  readonly request: {
    readonly namespace: string;
    readonly userInfo: UserInfo;
    readonly dryRun: boolean;
    readonly object: PodObject;
    readonly options: { readonly fieldManager?: string; readonly fieldValidation?: string };
  };
}

const APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The pod as its creator sent it: kubectl keeps that in an annotation; else without what admission added. */
function sent({ metadata, spec }: PodObject): unknown {
  const applied = metadata.annotations?.[APPLIED];
  const { managedFields: _managed, ...kept } = metadata as Record<string, unknown>;
  if (applied !== undefined) {
    const original = JSON.parse(applied) as KubeObject;
    const annotations = { ...original.metadata.annotations, [APPLIED]: applied };
    return { ...original, metadata: { ...original.metadata, annotations } };
  }
  const {
    volumes: _v,
    priority: _p,
    preemptionPolicy: _pp,
    serviceAccount: _sa,
    serviceAccountName: _san,
    ...rest
  } = spec;
  const tolerations = (spec['tolerations'] as Array<{ tolerationSeconds?: number }>).filter(
    ({ tolerationSeconds }) => tolerationSeconds !== 300,
  );
  const containers = spec.containers.map(({ volumeMounts: _mounts, ...container }) => container);
  return { metadata: kept, spec: { ...rest, containers, ...(tolerations.length > 0 && { tolerations }) } };
}

/** What cannot be the same: made-up names, and field management, which the stand-in does not have. */
function comparable(review: unknown): unknown {
  const text = JSON.stringify(review).replace(/kube-api-access-\w{5}/g, 'kube-api-access-xxxxx');
  const { request, ...rest } = JSON.parse(text) as Recorded & { request: { uid: string } };
  const { managedFields: _managed, ...metadata } = request.object.metadata as Record<string, unknown>;
  return { ...rest, request: { ...request, uid: '', object: { ...request.object, metadata } } };
}

const names = fixtureNames('admission').filter((name) => /-create(-\w+)?\.json$/.test(name));

test('every recorded pod is reviewed as the real API server had it reviewed', async (t) => {
  const webhook = await fakeWebhook(t, (review) => allow(review));
  const { api, clock } = await bench();
  for (const [name, value] of [
    ['critical', 1_000_000],
    ['high', 100_000],
    ['normal', 0],
    ['low', -100],
  ] as const) {
    await addPriorityClass(api, `temper-${name}`, value);
  }
  await addPriorityClass(api, 'temper-background', -1_000, { preemptionPolicy: 'Never' });
  await addPriorityClass(api, 'system-node-critical', 2_000_001_000);
  await addNamespace(api, 'plain');
  await addNamespace(api, 'ranged');
  const { items } = JSON.parse(fixture('api/limitranges.json')) as { items: KubeObject[] };
  const { resourceVersion: _version, ...metadata } = items[0]?.metadata ?? {};
  await api.create(LIMIT_RANGES, { namespace: 'ranged', body: { ...items[0], metadata } });
  const hook = httpHook({ name: 'recorder.temper.codes', url: webhook.url, caBundle: webhook.ca }, clock);
  api.setHooks([hook]);
  t.after(() => hook.close());

  assert.ok(names.length >= 35, `${names.length} recordings`);
  for (const name of names) {
    const recorded = JSON.parse(fixture(`admission/${name}`)) as Recorded;
    const { namespace, userInfo, dryRun, object, options } = recorded.request;
    const { fieldManager, fieldValidation } = options;
    await api.create(PODS, {
      namespace,
      body: sent(object),
      user: userInfo,
      options: { dryRun, fieldManager, fieldValidation },
    });
    const { review, url } = webhook.received.at(-1) ?? assert.fail();
    assert.deepEqual(comparable(review), comparable(recorded), name);
    assert.equal(url, '/mutate?timeout=10s');
    if (!dryRun && object.metadata.name) api.remove(PODS, { namespace, name: object.metadata.name });
  }
});
