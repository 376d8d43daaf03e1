import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createExtender } from '../../extender/engine.ts';
import { type NodeView, readNodeView } from '../../extender/node-view.ts';
import { Store } from '../../src/kube/store.ts';
import { explainRoutes } from '../../src/service/explain/routes.ts';
import { InFlight } from '../../src/service/http/in-flight.ts';
import { createServer } from '../../src/service/http/server.ts';
import { extenderSettings } from '../../src/service/policy.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { nodeObject, tierLoad } from '../extender/support.ts';
import { seeded } from '../standin/seeded.ts';
import { fixture, fixtureNames } from '../support/fixtures.ts';
import { mutateBody } from '../support/mutate.ts';
import { podViewOf } from '../support/pod-view.ts';
import { recordedWebhook } from '../support/recorded-webhook.ts';
import { serviceConfig } from '../support/service-config.ts';

function explainApp(parts: { webhook?: boolean; extender?: boolean } = { webhook: true, extender: true }) {
  const { webhook, stores, metrics, clock } = recordedWebhook();
  const nodes = new Store<NodeView>();
  for (const name of ['a', 'b']) {
    const view = readNodeView(nodeObject(name, tierLoad()));
    if (view !== null) nodes.set(name, view);
  }
  const config = serviceConfig();
  const logger = createLogger('test', 'silent');
  const settings = extenderSettings(config);
  const extender = createExtender({ nodes, pods: stores.pods, clock, metrics, logger, settings });
  const failed: unknown[] = [];
  const app = createServer({
    config,
    observer: { refused: () => {}, failed: (error) => failed.push(error) },
    isDraining: () => false,
    inFlight: new InFlight(67_108_864),
  });
  explainRoutes(app, {
    pods: stores.pods,
    webhook: parts.webhook ? webhook : null,
    extender: parts.extender ? extender : null,
  });
  return { app, webhook, extender, stores, failed };
}

interface Answer {
  readonly overcommit: { readonly reason: string; readonly outcome: string } | null;
  readonly placement: object | null;
  readonly node: string | null;
  readonly lines: readonly string[];
}

const post = (app: ReturnType<typeof explainApp>['app'], payload: unknown) =>
  app.inject({
    method: 'POST',
    url: '/explain/pod',
    payload: payload as object,
    headers: { 'content-type': 'application/json' },
  });

test('a pod that was decided and scored here: both stories', async () => {
  const { app, webhook, extender, stores } = explainApp();
  const recorded = JSON.parse(fixture('admission/shop-burstable-create.json')) as { request: { object: object } };
  webhook.review(recorded, 3000);
  const pod = { ...recorded.request.object, metadata: { name: 'burstable', namespace: 'shop', uid: 'u' } };
  extender.prioritize({ Pod: pod, NodeNames: ['a', 'b'] });
  stores.pods.set(
    'shop/burstable',
    podViewOf({ uid: 'u', name: 'burstable', nodeName: 'a', boundAt: Date.UTC(2026, 10, 21, 10) }),
  );
  const answer = (await app.inject('/explain/pods/shop/burstable')).json<Answer>();
  assert.equal(answer.overcommit?.reason, 'scaled');
  assert.equal(answer.node, 'a');
  assert.ok(answer.placement !== null);
  assert.ok(answer.lines.some((line) => line.startsWith('container app: 500m -> 350m')));
  assert.ok(
    answer.lines.some((line) => line.startsWith('bound to a')),
    answer.lines.join('\n'),
  );
});

test('what is not known is 404 with an id, what is off says so', async () => {
  const { app } = explainApp();
  for (const path of ['/explain/pods/shop/nobody', '/explain/nodes/nowhere', '/explain/pods/__proto__/constructor']) {
    const answer = await app.inject(path);
    assert.equal(answer.statusCode, 404, path);
    assert.match(answer.body, /TMP2010/);
  }
  const half = explainApp({ webhook: true });
  const lines = (await post(half.app, { metadata: {}, spec: { containers: [] } })).json<Answer>().lines;
  assert.ok(lines.includes('placement is off (extender.enabled)'), lines.join('\n'));
});

test('a node: what is known of it and what a pod would score', async () => {
  const { app } = explainApp();
  const answer = (await app.inject('/explain/nodes/a')).json<{
    freshness: string;
    scores: unknown[];
    lines: string[];
  }>();
  assert.equal(answer.freshness, 'fresh');
  assert.equal(answer.scores.length, 5);
  assert.ok(answer.lines.length > 5);
});

test('a posted manifest is taken as the API server would hand it to a webhook: limits stand in for requests', async () => {
  const { app } = explainApp();
  const container = { name: 'app', resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { memory: '512Mi' } } };
  const answer = (
    await post(app, { metadata: { namespace: 'shop' }, spec: { containers: [container] } })
  ).json<Answer>();
  assert.equal(answer.overcommit?.reason, 'scaled');
  assert.ok(answer.lines.includes('container app: 1 -> 700m'));
  assert.ok(answer.placement !== null);
  const elsewhere = (await post(app, { metadata: {}, spec: { containers: [container] } })).json<Answer>();
  assert.equal(elsewhere.overcommit?.reason, 'namespace-not-opted-in');
});

test('500 hostile manifests: each answered, none a fault', async () => {
  const { app, failed } = explainApp();
  const random = seeded(1);
  const pods = fixtureNames('admission').map((name) =>
    JSON.stringify((JSON.parse(fixture(`admission/${name}`)) as { request: { object: object } }).request.object),
  );
  for (let count = 0; count < 500; count += 1) {
    const body = mutateBody(pods[Math.floor(random() * pods.length)] ?? '', random);
    const answer = await post(app, body);
    assert.ok(answer.statusCode < 500, `body ${count}: ${failed.at(-1)}`);
  }
});
