import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { type TestContext, test } from 'node:test';
import type { PodObject } from '../../standin/api/objects.ts';
import { MUTATING_WEBHOOKS, NODES, PODS } from '../../standin/api/resources.ts';
import { StatusError } from '../../standin/api/status.ts';
import { embedded } from '../../support/embedded.ts';
import { allow, fakeWebhook, setCpu } from '../fake-webhook.ts';
import { podBody } from '../helpers.ts';

const RULE = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };

async function started(t: TestContext) {
  const cluster = await embedded();
  t.after(() => cluster.close());
  const register = (name: string, webhook: object) =>
    cluster.api.create(MUTATING_WEBHOOKS, {
      body: {
        metadata: { name },
        webhooks: [{ name: `${name}.example.com`, sideEffects: 'None', admissionReviewVersions: ['v1'], ...webhook }],
      },
    });
  const cpu = async (): Promise<unknown> => {
    const body = podBody({ generateName: 'p-' }, { requests: { cpu: '1' } });
    const { object } = await cluster.api.create(PODS, { namespace: 'shop', body, options: { dryRun: true } });
    return (object as PodObject).spec.containers[0]?.resources?.requests?.['cpu'];
  };
  return { ...cluster, register, cpu };
}

test('webhooks that are registered are called in the order of their names, until they are removed', async (t) => {
  const { api, register, cpu } = await started(t);
  const order: string[] = [];
  for (const name of ['zebra', 'ant']) {
    const webhook = await fakeWebhook(t, (review) => {
      order.push(name);
      return allow(review, setCpu(name === 'ant' ? '500m' : '400m'));
    });
    const clientConfig = { url: webhook.url, caBundle: Buffer.from(webhook.ca).toString('base64') };
    const { object } = await register(name, { clientConfig, rules: [RULE] });
    const [registered] = object['webhooks'] as [Record<string, unknown>];
    assert.equal(registered['failurePolicy'], 'Fail', 'as the API server fills it in');
  }
  assert.equal(await cpu(), '400m');
  assert.deepEqual(order, ['ant', 'zebra']);
  api.remove(MUTATING_WEBHOOKS, { name: 'zebra' });
  assert.equal(await cpu(), '500m');
  api.remove(MUTATING_WEBHOOKS, { name: 'ant' });
  assert.equal(await cpu(), '1');
});

test('rules that are not about new pods call nothing', async (t) => {
  const { register, cpu } = await started(t);
  const webhook = await fakeWebhook(t, (review) => allow(review, setCpu('500m')));
  const clientConfig = { url: webhook.url, caBundle: Buffer.from(webhook.ca).toString('base64') };
  const others = [
    { operations: ['UPDATE'] },
    { resources: ['pods/resize'] },
    { apiGroups: ['apps'] },
    { apiVersions: ['v2'] },
  ];
  await register('others', { clientConfig, rules: others.map((change) => ({ ...RULE, ...change })) });
  assert.equal(await cpu(), '1');
  assert.equal(webhook.received.length, 0);
});

test('what the stand-in could only pass over is refused', async (t) => {
  const { register, api } = await started(t);
  const good = { clientConfig: { url: 'https://127.0.0.1:1/x', caBundle: '' }, rules: [RULE] };
  const service = { service: { name: 'x', namespace: 'y' }, caBundle: '' };
  for (const change of [{ clientConfig: service }, { matchConditions: [] }, { sideEffects: 'Some' }]) {
    await assert.rejects(register('bad', { ...good, ...change }), StatusError);
  }
  await register('good', good);
  assert.ok(api.list(NODES).items.length > 0, 'other resources tell it nothing');
});
