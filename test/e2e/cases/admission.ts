import assert from 'node:assert/strict';
import { allow, fakeWebhook, setCpu } from '../../standin-tests/fake-webhook.ts';
import { until } from '../../support/embedded.ts';
import { beside } from '../beside.ts';
import type { Case } from '../case.ts';
import { cpuOf, createPod, dryRun, originalsOf, overcommitted, type Pod, refused, register, WEBHOOKS } from '../kit.ts';

const limitRange: Case = {
  name: 'limit-range',
  what: "defaults come before the webhook and are scaled; a minimum holds the scaling, and the API server's check passes",
  async run(ctx) {
    await overcommitted(ctx, 'ranged');
    const limits = [
      {
        type: 'Container',
        defaultRequest: { cpu: '2' },
        default: { cpu: '4' },
        min: { cpu: '900m' },
        max: { cpu: '4' },
      },
    ];
    const path = '/api/v1/namespaces/ranged/limitranges';
    await ctx.cluster.client.create(path, { metadata: { name: 'range' }, spec: { limits } });
    // The minimum is known once a pod of one CPU keeps 900m of it. Until then the API server may refuse what is scaled below it.
    const keeps = async (): Promise<string | undefined> => cpuOf(await dryRun(ctx, 'ranged'));
    await until('the service knows the LimitRange', async () => (await keeps().catch(() => undefined)) === '900m');
    assert.equal(cpuOf(await dryRun(ctx, 'ranged', { cpu: null })), '1400m', 'the default, scaled');
    assert.match(
      (await refused(dryRun(ctx, 'ranged', { cpu: '500m' }))).message,
      /minimum cpu usage per Container is 900m/,
    );
    const pod = await createPod(ctx, 'ranged');
    assert.equal(cpuOf(pod), '900m');
  },
};

const quota: Case = {
  name: 'quota',
  what: 'a quota is charged what is left after scaling',
  async run(ctx) {
    await overcommitted(ctx, 'limited');
    const path = '/api/v1/namespaces/limited/resourcequotas';
    await ctx.cluster.client.create(path, { metadata: { name: 'cpu' }, spec: { hard: { 'requests.cpu': '1500m' } } });
    await until('the quota is in force', async () => {
      const { status } = await ctx.cluster.client.get<{ status?: { hard?: object } }>(`${path}/cpu`);
      return ctx.cluster.where === 'stand-in' || status?.hard !== undefined;
    });
    for (const name of ['one', 'two']) assert.equal(cpuOf(await createPod(ctx, 'limited', { name })), '700m');
    const { status, message } = await refused(createPod(ctx, 'limited', { name: 'three' }));
    assert.equal(status, 403);
    assert.match(message, /exceeded quota: cpu, requested: requests\.cpu=700m, used: requests\.cpu=1400m/);
  },
};

const reinvoked: Case = {
  name: 'reinvoked',
  what: 'a sidecar that another webhook adds after ours is scaled by the second call, and nothing is scaled twice',
  async run(ctx) {
    await overcommitted(ctx, 'meshed');
    const sidecar = { name: 'proxy', image: 'registry.example/proxy:1', resources: { requests: { cpu: '100m' } } };
    await beside(ctx, 'z-injector', ({ spec }) =>
      spec.containers.length > 1 ? [] : [{ op: 'add', path: '/spec/containers/-', value: sidecar }],
    );
    await until('the injector is asked', async () => (await dryRun(ctx, 'meshed')).spec.containers.length === 2);
    const pod = await createPod(ctx, 'meshed');
    const requests = pod.spec.containers.map(({ name, resources }) => [name, resources?.requests?.['cpu']]);
    assert.deepEqual(requests, [
      ['app', '700m'],
      ['proxy', '70m'],
    ]);
    assert.deepEqual(originalsOf(pod), {
      v: 1,
      factor: 0.7,
      containers: { app: { original: '1', scaled: '700m' }, proxy: { original: '100m', scaled: '70m' } },
    });
  },
};

const overtaken: Case = {
  name: 'overtaken',
  what: 'what another webhook asks for, before ours or after, is scaled once, and the record says what that one asked for',
  async run(ctx) {
    await overcommitted(ctx, 'resized');
    // As a vertical autoscaler does: it says the same again whenever it is asked.
    const ask = (cpu: string, from: string) => (pod: Pod) => (cpuOf(pod) === from ? setCpu(cpu) : []);
    await beside(ctx, 'a-before', ask('2', '1'));
    await until('what was asked for before is scaled', async () => cpuOf(await dryRun(ctx, 'resized')) === '1400m');
    await beside(ctx, 'z-after', ask('3', '1400m'));
    await until('what was asked for afterwards is scaled', async () => cpuOf(await dryRun(ctx, 'resized')) === '2100m');
    const record = { v: 1, factor: 0.7, containers: { app: { original: '3', scaled: '2100m' } } };
    assert.deepEqual(originalsOf(await createPod(ctx, 'resized')), record);
  },
};

/** What a webhook in our place could answer, and what becomes of the pod under `failurePolicy: Ignore`. */
const ANSWERS: ReadonlyArray<readonly [what: string, patch: readonly unknown[], admitted: boolean]> = [
  ['nothing to change', [], true],
  ['a patch of a path that is not there', [{ op: 'replace', path: '/spec/containers/7/image', value: 'x' }], false],
  ['a quantity that is none', setCpu('one'), false],
  ['a request above the limit', setCpu('5'), false],
];

const wrongAnswers: Case = {
  name: 'wrong-answers',
  what: 'why a patch must be right: Ignore covers a call that fails, not a patch that does',
  async run(ctx) {
    await ctx.cluster.addNamespace('answers', { labels: { 'temper.codes/overcommit': 'enabled' } });
    const webhook = await fakeWebhook(ctx, (review) => allow(review));
    await register(ctx, { name: 'fake', url: webhook.url, ca: webhook.ca });
    const ask = (): Promise<Pod> => dryRun(ctx, 'answers', { limit: '2' });
    await until('it is asked', async () => {
      await ask();
      return webhook.received.length > 0;
    });
    for (const [what, patch, admitted] of ANSWERS) {
      webhook.answer = (review) => allow(review, patch);
      const came = await ask().then(
        () => true,
        () => false,
      );
      assert.equal(came, admitted, what);
    }
    for (const [what, status, body] of FAILURES) {
      webhook.answer = (_review, response) => {
        response.statusCode = status;
        return body;
      };
      assert.equal(cpuOf(await ask()), '1', what);
    }
  },
};

const FAILURES: ReadonlyArray<readonly [what: string, status: number, body: string]> = [
  ['an error of the server', 500, '{}'],
  [
    'another uid',
    200,
    '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"x","allowed":true}}',
  ],
  ['an empty answer', 200, ''],
  ['no JSON', 200, 'not found'],
];

const slow: Case = {
  name: 'slow',
  what: 'a service that does not answer costs its time-out, and the pod is admitted as it is',
  async run(ctx) {
    await ctx.cluster.addNamespace('slow', { labels: { 'temper.codes/overcommit': 'enabled' } });
    const webhook = await fakeWebhook(ctx, () => undefined);
    await register(ctx, { name: 'slow', url: webhook.url, ca: webhook.ca, webhook: { timeoutSeconds: 1 } });
    let ms = 0;
    await until('it is asked', async () => {
      const began = performance.now();
      assert.equal(cpuOf(await dryRun(ctx, 'slow')), '1');
      ms = performance.now() - began;
      return webhook.received.length > 0;
    });
    assert.ok(ms >= 1000, `${ms} ms`);
    ctx.figure('a pod whose webhook is silent for its second', ms, 'ms');
  },
};

const untrusted: Case = {
  name: 'untrusted-certificate',
  what: 'a certificate of another authority: never asked; under Ignore the pod is admitted as it is, under Fail it is not',
  async run(ctx) {
    const service = await ctx.service();
    const other = await fakeWebhook(ctx, (review) => allow(review));
    await ctx.cluster.addNamespace('untrusted', { labels: { 'temper.codes/overcommit': 'enabled' } });
    const ca = service.ca.cert;
    const webhook = await register(ctx, { name: 'untrusted', url: other.url, ca, webhook: { failurePolicy: 'Fail' } });
    let message = '';
    await until('it is refused', async () => {
      message = await dryRun(ctx, 'untrusted').then(
        () => '',
        (error: Error) => error.message,
      );
      return message !== '';
    });
    assert.match(message, /certificate/);
    await ctx.cluster.client.patch(`${WEBHOOKS}/untrusted`, { webhooks: [{ ...webhook, failurePolicy: 'Ignore' }] });
    await until('it is admitted', async () =>
      dryRun(ctx, 'untrusted').then(
        (pod) => cpuOf(pod) === '1',
        () => false,
      ),
    );
    assert.equal(other.received.length, 0);
  },
};

export const ADMISSION_CASES: readonly Case[] = [
  limitRange,
  quota,
  reinvoked,
  overtaken,
  wrongAnswers,
  slow,
  untrusted,
];
