import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { factorOf } from '../../src/model/factor.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import type { Metrics } from '../../src/telemetry/metrics.ts';
import { policyFor } from '../../webhooks/policy.ts';
import { fixture } from '../support/fixtures.ts';
import { podViewOf } from '../support/pod-view.ts';
import { recordedWebhook } from '../support/recorded-webhook.ts';
import { policy } from '../support/webhook.ts';

interface Body {
  request: { uid: string; dryRun?: boolean; object: { spec: { containers: object[] } } };
}

const recorded = (name: string): Body => JSON.parse(fixture(`admission/${name}.json`)) as Body;

async function metric(metrics: Metrics, line: string): Promise<string | undefined> {
  const text = await metrics.registry.metrics();
  return text
    .split('\n')
    .find((candidate) => candidate.startsWith(line))
    ?.split(' ')
    .at(-1);
}

test('outcome and reason are counted, and what was freed, by tier', async () => {
  const { webhook, metrics } = recordedWebhook();
  webhook.review(recorded('shop-burstable-create'), 3000);
  webhook.review(recorded('shop-crit-create'), 3000);
  assert.equal(await metric(metrics, 'temper_webhook_reviews_total{outcome="patched",reason="scaled"}'), '1');
  assert.equal(await metric(metrics, 'temper_webhook_reviews_total{outcome="unchanged",reason="tier-critical"}'), '1');
  assert.equal(await metric(metrics, 'temper_webhook_cpu_freed_cores_total{tier="normal"}'), '0.15');
  assert.equal(await metric(metrics, 'temper_webhook_review_duration_seconds_count'), '2');
});

test('a dry run is answered like any other and leaves nothing behind', async () => {
  const { webhook, metrics } = recordedWebhook();
  const answer = webhook.review(recorded('shop-dryrun-create-dry'), 3000);
  assert.ok(answer?.response.patch);
  assert.equal(await metric(metrics, 'temper_webhook_cpu_freed_cores_total'), undefined);
  assert.equal(webhook.explain('shop', 'dryrun'), undefined);
});

test('explain tells a decision of this replica with its containers', () => {
  const { webhook } = recordedWebhook();
  webhook.review(recorded('shop-init-sidecar-create'), 5000);
  const told = webhook.explain('shop', 'init-sidecar');
  assert.equal(told?.source, 'logged');
  assert.equal(told?.reason, 'scaled');
  assert.ok(told?.lines.includes('container mig: 2 -> 1400m'), told?.lines.join('\n'));
});

test('explain tells what the pod itself says where another replica decided', () => {
  const { webhook, stores } = recordedWebhook();
  stores.pods.set('shop/far', podViewOf({ name: 'far', originalMilli: 500, requestMilli: 350 }));
  const told = webhook.explain('shop', 'far');
  assert.deepEqual([told?.source, told?.outcome], ['spec', 'patched']);
  assert.equal(webhook.explain('shop', 'nobody'), undefined);
});

test('a posted pod is decided about as if it were created, and nothing is counted', async () => {
  const { webhook, metrics } = recordedWebhook();
  const told = webhook.tryPod(recorded('shop-low-create').request.object, 'shop');
  assert.deepEqual([told.source, told.reason, told.factor], ['trial', 'scaled', 0.5]);
  assert.equal(webhook.tryPod('junk', 'shop').reason, 'not-understood');
  assert.equal(await metric(metrics, 'temper_webhook_reviews_total'), undefined);
});

test('the capacity debt follows the pods that exist', async () => {
  const { stores, metrics } = recordedWebhook();
  const debt = () => metric(metrics, 'temper_capacity_debt_cores{tier="normal"}');
  const pod = podViewOf({ originalMilli: 1000, requestMilli: 700 });
  stores.pods.set('shop/a', pod);
  stores.pods.set('shop/b', { ...pod, name: 'b' });
  assert.equal(await debt(), '0.6');
  stores.pods.set('shop/a', { ...pod, alive: false });
  assert.equal(await debt(), '0.3');
  stores.pods.delete('shop/a');
  stores.pods.delete('shop/b');
  assert.equal(await debt(), '0');
});

test('a workload whose scaled pods never appear is left unscaled, with the reason', () => {
  const { webhook, clock, stores } = recordedWebhook();
  const reason = () => webhook.review(recorded('shop-deploy-create'), 3000)?.response.auditAnnotations['reason'];
  for (const _ of [1, 2, 3]) assert.equal(reason(), 'scaled');
  clock.advance(20_000);
  stores.pods.lastContactAt = clock.now();
  assert.equal(reason(), 'refused-downstream');
  clock.advance(3_600_000);
  for (const store of Object.values(stores)) store.lastContactAt = clock.now();
  assert.equal(reason(), 'scaled');
});

test('a CPU HPA of the Deployment keeps its pods as they are', () => {
  const { webhook, addHpa } = recordedWebhook();
  addHpa({
    metadata: { namespace: 'shop', name: 'h' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'deploy' } },
  });
  const answer = webhook.review(recorded('shop-deploy-create'), 3000);
  assert.deepEqual([answer?.response.auditAnnotations['reason'], answer?.response.patch], ['cpu-hpa', undefined]);
});

test('a warning only where it is asked for, within what kubectl shows', () => {
  const { webhook } = recordedWebhook();
  assert.equal(webhook.review(recorded('shop-burstable-create'), 3000)?.response.warnings, undefined);
  webhook.configure(policy({ warnings: true }));
  const warnings = webhook.review(recorded('shop-low-create'), 3000)?.response.warnings;
  assert.equal(warnings?.length, 1);
  assert.ok((warnings?.[0]?.length ?? 999) <= 120);
});

test('no value of a pod reaches the log', () => {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const { webhook } = recordedWebhook({}, createLogger('test', 'debug', sink));
  const body = recorded('shop-burstable-create');
  const secret = { name: 'PASSWORD', value: 'hunter2' };
  body.request.object.spec.containers = [
    { name: 'app', env: [secret], resources: { requests: { cpu: '1' } } },
    { name: 'hunter2!', env: 'hunter2', resources: { requests: { cpu: 'hunter2' } } },
  ];
  webhook.review(body, 3000);
  webhook.review({ request: { uid: 'u', object: 'hunter2' }, apiVersion: 'hunter2'.slice(0, 3) }, 100);
  assert.equal(lines.length, 2);
  assert.doesNotMatch(lines.join(''), /hunter2/);
  const [first] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual([first?.['reason'], first?.['namespace']], ['not-understood', 'shop']);
});

test('a fault of ours admits the pod as it is and says so', () => {
  const { webhook, stores } = recordedWebhook();
  stores.namespaces.get = () => {
    throw new Error('hunter2');
  };
  const answer = webhook.review(recorded('shop-burstable-create'), 3000);
  assert.deepEqual([answer?.response.allowed, answer?.response.patch], [true, undefined]);
  assert.equal(answer?.response.auditAnnotations['reason'], 'internal-error');
});

test('a dry run in the probe namespace is scaled however the webhook is set; anything else there is not', () => {
  const off = policy({ mode: 'shadow', percentage: 0, minimumFactor: factorOf(1), floorMilli: 4_000n });
  const probe = { ...off, probeNamespace: 'shop' };
  assert.equal(policyFor(probe, { namespace: 'shop', dryRun: false }), probe);
  assert.equal(policyFor(probe, { namespace: 'other', dryRun: true }), probe);
  assert.equal(policyFor(off, { namespace: '', dryRun: true }), off);
  const { webhook } = recordedWebhook(probe);
  assert.ok(webhook.review(recorded('shop-dryrun-create-dry'), 3000)?.response.patch);
  assert.equal(webhook.review(recorded('shop-burstable-create'), 3000)?.response.patch, undefined);
});
