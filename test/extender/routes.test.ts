import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../extender/ours.ts';
import { fixture, fixtureNames } from '../support/fixtures.ts';
import { extenderApp, post } from './app.ts';
import { nodeView, podObject, podView, rig, SETTINGS, sample, tierLoad } from './support.ts';

interface Recorded {
  readonly Pod: { readonly metadata: { readonly uid: string } };
  readonly Nodes: { readonly items: ReadonlyArray<{ readonly metadata: { readonly name: string } }> } | null;
  readonly NodeNames: readonly string[] | null;
}

const recordings = fixtureNames('extender').map((name) => ({
  name,
  body: JSON.parse(fixture(`extender/${name}`)) as Recorded,
}));

function namesOf({ Nodes, NodeNames }: Recorded): readonly string[] {
  return NodeNames ?? Nodes?.items.map(({ metadata }) => metadata.name) ?? [];
}

/** Every second node of the recording reports. */
function recordedRig(body: Recorded) {
  const rigged = rig();
  for (const [index, name] of namesOf(body).entries()) if (index % 2 === 0) rigged.report(name, tierLoad());
  return rigged;
}

/** The nodes that have to be scored: none where the recorded pod is not ours. */
function namesToScore(body: Recorded): readonly string[] {
  return 'pod' in claim(podView(body.Pod), SETTINGS) ? namesOf(body) : [];
}

test('what a real scheduler sent to prioritize: one whole number for each node, in PascalCase, as a bare array', async () => {
  assert.ok(recordings.length > 0);
  for (const { name, body } of recordings) {
    const { status, text } = await post(extenderApp(recordedRig(body)), 'prioritize', body);
    assert.equal(status, 200, name);
    const list = JSON.parse(text) as Array<{ Host: string; Score: number }>;
    assert.deepEqual(
      list.map(({ Host }) => Host),
      namesToScore(body),
      name,
    );
    for (const entry of list) {
      assert.deepEqual(Object.keys(entry), ['Host', 'Score'], name);
      assert.ok(Number.isInteger(entry.Score) && entry.Score >= 0 && entry.Score <= 10, name);
    }
  }
});

test('what a real scheduler sent to filter: everything passes, in the form that was asked for', async () => {
  for (const { name, body } of recordings) {
    const { status, text } = await post(extenderApp(recordedRig(body)), 'filter', body);
    assert.equal(status, 200, name);
    assert.deepEqual(
      JSON.parse(text),
      { Nodes: body.Nodes, NodeNames: body.NodeNames, FailedNodes: {}, FailedAndUnresolvableNodes: {}, Error: '' },
      name,
    );
  }
});

test('a filter that is on: those that failed with their reasons, names or nodes', async () => {
  const rigged = rig({ filter: true });
  rigged.report('good', tierLoad());
  rigged.report('bad', tierLoad({ protection: 'none' }));
  rigged.nodes.set('__proto__', {
    ...nodeView({ metadata: { name: 'x' } }),
    ...rigged.nodes.get('bad'),
    name: '__proto__',
  });
  const app = extenderApp(rigged);
  const Pod = podObject({ tier: 'critical', cpu: '1' });
  const names = await post(app, 'filter', { Pod, Nodes: null, NodeNames: ['bad', 'good', '__proto__', 'unheard of'] });
  const reason = 'temper: the node cannot protect the critical tier';
  assert.equal(
    names.text,
    `{"Nodes":null,"NodeNames":["good","unheard of"],"FailedNodes":{"bad":"${reason}","__proto__":"${reason}"},` +
      '"FailedAndUnresolvableNodes":{},"Error":""}',
  );
  const items = ['bad', 'good'].map((name) => ({ metadata: { name }, status: { allocatable: { cpu: '8' } } }));
  const nodes = await post(app, 'filter', {
    Pod,
    Nodes: { metadata: { resourceVersion: '1' }, items },
    NodeNames: null,
  });
  assert.deepEqual(JSON.parse(nodes.text), {
    Nodes: { metadata: { resourceVersion: '1' }, items: [items[1]] },
    NodeNames: null,
    FailedNodes: { bad: reason },
    FailedAndUnresolvableNodes: {},
    Error: '',
  });
  assert.equal(
    await sample(rigged.metrics, 'temper_extender_requests_total', { verb: 'filter', outcome: 'failed-some' }),
    2,
  );
});

test('bad input: prioritize answers 400, filter answers with the Error that the contract has', async () => {
  const rigged = rig();
  const app = extenderApp(rigged);
  for (const body of [
    '[]',
    '1',
    'null',
    '{}',
    '{"Pod":{}}',
    '{"Pod":{},"NodeNames":{}}',
    '{"Pod":{},"NodeNames":[1]}',
  ]) {
    const prioritized = await post(app, 'prioritize', body);
    assert.equal(prioritized.status, 400, body);
    assert.equal(JSON.parse(prioritized.text).error.id, 'TMP2005', body);
    const filtered = await post(app, 'filter', body);
    assert.equal(filtered.status, 200, body);
    const { Error: problem, NodeNames, Nodes } = JSON.parse(filtered.text);
    assert.match(problem, /^not ExtenderArgs: /, body);
    assert.deepEqual([NodeNames, Nodes], [null, null]);
  }
  assert.equal(await sample(rigged.metrics, 'temper_service_refused_requests_total', { error: 'TMP2005' }), 7);
  for (const verb of ['prioritize', 'filter']) {
    assert.equal(await sample(rigged.metrics, 'temper_extender_requests_total', { verb, outcome: 'bad-input' }), 7);
  }
});

test('nodes that cannot be written back are an Error, not a crash', async () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const rigged = rig();
  const answer = rigged.extender.filter(
    JSON.parse(`{"Pod":{},"Nodes":{"items":[{"metadata":{"name":"a"},"x":${deep}}]}}`),
  );
  const { filterReply } = await import('../../extender/replies.ts');
  assert.match(JSON.parse(filterReply(answer)).Error, /cannot be written back/);
});

test('a fault of ours has no influence on the scheduler, and is logged with its stack', async () => {
  const rigged = rig();
  const broken = rig(
    { filter: true },
    { nodes: Object.assign(Object.create(rigged.nodes), { get: fail, values: () => [], subscribe: () => {} }) },
  );
  const app = extenderApp(broken);
  const body = { Pod: podObject({ tier: 'critical' }), NodeNames: ['a'] };
  assert.deepEqual(await post(app, 'prioritize', body), { status: 200, text: '[]' });
  const filtered = await post(app, 'filter', body);
  assert.equal(filtered.status, 200);
  assert.match(JSON.parse(filtered.text).Error, /^temper failed/);
  assert.equal(broken.logged.length, 2);
  for (const { level, msg, stack } of broken.logged) {
    assert.equal(level, 'error');
    assert.match(String(msg), /^TMP2013/);
    assert.match(String(stack), /^at /);
    assert.doesNotMatch(String(stack), /a secret/);
  }

  function fail(): never {
    throw new Error('a secret');
  }
});

test('calls are counted by outcome and timed', async () => {
  const rigged = rig({ schedulerNames: ['mine'] });
  const app = extenderApp(rigged);
  const spec = { schedulerName: 'mine' };
  await post(app, 'prioritize', { Pod: podObject({ spec }), NodeNames: ['a'] });
  await post(app, 'prioritize', { Pod: podObject(), NodeNames: ['a'] });
  await post(app, 'prioritize', { Pod: { spec: 1 }, NodeNames: ['a'] });
  await post(app, 'filter', { Pod: podObject({ spec }), NodeNames: ['a'] });
  const count = (verb: string, outcome: string) =>
    sample(rigged.metrics, 'temper_extender_requests_total', { verb, outcome });
  assert.equal(await count('prioritize', 'scored'), 1);
  assert.equal(await count('prioritize', 'other-scheduler'), 1);
  assert.equal(await count('prioritize', 'pod-not-understood'), 1);
  assert.equal(await count('filter', 'off'), 1);
  const text = await rigged.metrics.registry.metrics();
  assert.match(text, /temper_extender_request_duration_seconds_count\{verb="prioritize"\} 3/);
});
