import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENOUGH } from '../../extender/agreement.ts';
import { NOW, podObject, type Rig, rig, SETTINGS, sample, tierLoad } from './support.ts';

const CRITICAL = { uid: 'u', tier: 'critical', cpu: '1' } as const;

/** What is reserved on a node for Critical pods. */
function reserved({ extender }: Rig, node: string): [firm: number, tentative: number] {
  const tier = extender.explainNode(node)?.tiers.find(({ tier: name }) => name === 'critical');
  return [tier?.firmMilli ?? -1, tier?.tentativeMilli ?? -1];
}

function twoNodes(): Rig {
  const rigged = rig();
  rigged.report('a', tierLoad());
  rigged.report('b', tierLoad({ requests: { high: 1000 } }));
  return rigged;
}

test('the way of a pod: asked for, bound elsewhere, reported, gone', () => {
  const rigged = twoNodes();
  assert.deepEqual(
    rigged.ask(CRITICAL, ['a', 'b']),
    new Map([
      ['a', 9],
      ['b', 8],
    ]),
  );
  assert.deepEqual(
    [reserved(rigged, 'a'), reserved(rigged, 'b')],
    [
      [0, 1000],
      [0, 0],
    ],
  );

  rigged.clock.advance(1000);
  rigged.show({ ...CRITICAL, node: 'b', boundAt: rigged.clock.now() });
  assert.deepEqual(
    [reserved(rigged, 'a'), reserved(rigged, 'b')],
    [
      [0, 0],
      [1000, 0],
    ],
  );

  rigged.clock.advance(60_000);
  rigged.show({ ...CRITICAL, node: 'b', boundAt: NOW + 1000, status: { phase: 'Running' } });
  assert.deepEqual(reserved(rigged, 'b'), [1000, 0], 'a change of its status is no second binding');

  rigged.report('b', tierLoad({ at: rigged.clock.now(), requests: { high: 1000, critical: 1000 } }));
  assert.deepEqual(reserved(rigged, 'b'), [0, 0]);
  rigged.show({ ...CRITICAL, node: 'b', boundAt: NOW + 1000, status: { phase: 'Running', x: 1 } });
  assert.deepEqual(reserved(rigged, 'b'), [0, 0], 'once covered it stays so');
});

test('a scaled pod counts with what it asked for originally', () => {
  const rigged = twoNodes();
  const record = { v: 1, factor: 0.5, containers: { app: { original: '2', scaled: '1' } } };
  const annotations = { 'temper.codes/original-requests': JSON.stringify(record) };
  const scaled = { uid: 'u', tier: 'high', cpu: '1', metadata: { annotations } } as const;
  const plain = { uid: 'v', tier: 'high', cpu: '2' } as const;
  assert.deepEqual(rigged.ask(scaled, ['a', 'b']), twoNodes().ask(plain, ['a', 'b']));
  const held = () => rigged.extender.explainNode('a')?.tiers.find(({ tier }) => tier === 'high');
  assert.equal(held()?.tentativeMilli, 2000);
  rigged.show({ ...scaled, node: 'a' });
  assert.equal(held()?.firmMilli, 2000);
  rigged.extender.configure({ ...SETTINGS, filter: true });
  const full = rigged.extender.filter({ Pod: podObject({ ...scaled, uid: 'w', cpu: '1' }), NodeNames: ['a', 'b'] });
  assert.equal(full.outcome, 'passed');
  rigged.show({ uid: 'x', tier: 'high', cpu: '3500m', node: 'a' });
  // 5500 of 7000 are taken: the scaled request would fit, the original one does not.
  const fuller = rigged.extender.filter({ Pod: podObject({ ...scaled, uid: 'w' }), NodeNames: ['a', 'b'] });
  assert.equal(fuller.outcome, 'failed-some');
});

test('pods that end, are being deleted or are gone hold nothing', () => {
  const ends: Array<(rigged: Rig) => void> = [
    (rigged) => rigged.show({ ...CRITICAL, node: 'a', status: { phase: 'Succeeded' } }),
    (rigged) => rigged.show({ ...CRITICAL, node: 'a', metadata: { deletionTimestamp: '2026-11-21T10:00:00Z' } }),
    (rigged) => rigged.pods.delete('shop/pod-u'),
    // A StatefulSet's pod comes back under its name with another uid.
    (rigged) => rigged.show({ ...CRITICAL, uid: 'other', name: 'pod-u' }),
    (rigged) => rigged.pods.replace(new Map()),
  ];
  for (const end of ends) {
    const rigged = twoNodes();
    rigged.show({ ...CRITICAL, node: 'a' });
    assert.deepEqual(reserved(rigged, 'a'), [1000, 0]);
    end(rigged);
    assert.deepEqual(reserved(rigged, 'a'), [0, 0]);
  }
  const waiting = twoNodes();
  waiting.show(CRITICAL);
  waiting.ask(CRITICAL, ['a', 'b']);
  waiting.pods.delete('shop/pod-u');
  assert.deepEqual(reserved(waiting, 'a'), [0, 0]);
});

test('a pod asked for again is scored as if it were not there', () => {
  const rigged = rig();
  rigged.report('a', tierLoad());
  rigged.report('b', tierLoad());
  const first = rigged.ask({ ...CRITICAL, cpu: '3' }, ['a', 'b']);
  for (let index = 0; index < 5; index += 1) assert.deepEqual(rigged.ask({ ...CRITICAL, cpu: '3' }, ['b', 'a']), first);
});

test('an expectation that was not met stops counting, for this pod and for others', () => {
  const rigged = twoNodes();
  const fresh = rigged.ask({ ...CRITICAL, cpu: '3' }, ['a', 'b']);
  const during = rigged.ask({ ...CRITICAL, uid: 'v', cpu: '3' }, ['a', 'b']);
  assert.notDeepEqual(during, fresh);
  rigged.clock.advance(5000);
  assert.deepEqual(rigged.ask({ ...CRITICAL, cpu: '3' }, ['a', 'b']), fresh);
});

test('a late question about a pod that is bound neither counts it twice nor forgets its binding', () => {
  const rigged = twoNodes();
  rigged.ask(CRITICAL, ['a', 'b']);
  rigged.show({ ...CRITICAL, node: 'b' });
  assert.equal(rigged.ask(CRITICAL, ['a', 'b']).size, 2);
  assert.deepEqual([...reserved(rigged, 'a'), ...reserved(rigged, 'b')], [0, 0, 1000, 0]);
  assert.equal(rigged.extender.explainPlacement('u')?.binding?.node, 'b');
});

test('pods without a uid are scored and not remembered', () => {
  const rigged = twoNodes();
  assert.equal(rigged.ask({ ...CRITICAL, uid: '' }, ['a', 'b']).size, 2);
  rigged.show({ ...CRITICAL, uid: '', node: 'a' });
  assert.deepEqual(reserved(rigged, 'a'), [0, 0]);
});

test('a resize of a bound pod that is not reported yet counts', () => {
  const rigged = twoNodes();
  rigged.show({ ...CRITICAL, node: 'a' });
  rigged.show({ ...CRITICAL, cpu: '2', node: 'a' });
  assert.deepEqual(reserved(rigged, 'a'), [2000, 0]);
});

test('a binding dated in the future is one of now', () => {
  const rigged = twoNodes();
  rigged.show({ ...CRITICAL, node: 'a', boundAt: NOW + 3_600_000 });
  rigged.clock.advance(6000);
  rigged.report('a', tierLoad({ at: rigged.clock.now(), requests: { critical: 1000 } }));
  assert.deepEqual(reserved(rigged, 'a'), [0, 0]);
});

test('what is in the stores already counts when the extender starts', () => {
  const before = twoNodes();
  before.show({ ...CRITICAL, node: 'a', boundAt: NOW });
  before.show({ uid: 'old', tier: 'critical', cpu: '2', node: 'a', boundAt: NOW - 60_000 });
  const after = rig({}, { nodes: before.nodes, pods: before.pods });
  assert.deepEqual(reserved(after, 'a'), [1000, 0]);
});

test('a node whose last report went stale is unknown to Critical pods', () => {
  const rigged = twoNodes();
  rigged.clock.advance(900_001);
  rigged.report('b', tierLoad({ at: rigged.clock.now(), requests: { critical: 4000 } }));
  assert.deepEqual(
    rigged.ask(CRITICAL, ['a', 'b', 'never seen']),
    new Map([
      ['a', 1],
      ['b', 5],
      ['never seen', 1],
    ]),
  );
});

test('pods that are not ours get an empty list and no reservation', () => {
  const rigged = rig({ schedulerNames: ['other'] });
  rigged.report('a', tierLoad());
  assert.equal(rigged.ask(CRITICAL, ['a']).size, 0);
  assert.deepEqual(reserved(rigged, 'a'), [0, 0]);
  rigged.extender.configure(SETTINGS);
  assert.equal(rigged.ask(CRITICAL, ['a']).size, 1);
});

test('a pod that is not understood gets an empty list, with the outcome that says so', () => {
  const { extender } = twoNodes();
  const answer = extender.prioritize({ Pod: { metadata: { labels: { a: 1 } }, spec: {} }, NodeNames: ['a'] });
  assert.deepEqual(answer, { ok: true, outcome: 'pod-not-understood', list: [] });
});

test('the filter counts bound pods only, so that each rejection is lifted by an event', () => {
  const rigged = rig({ filter: true });
  rigged.report('a', tierLoad());
  rigged.report('b', tierLoad());
  const filter = (uid: string) => {
    const answer = rigged.extender.filter({
      Pod: podObject({ uid, tier: 'critical', cpu: '5' }),
      NodeNames: ['a', 'b'],
    });
    return answer.ok ? [answer.outcome, ...answer.passed] : [];
  };
  const [winner = ''] =
    [...rigged.ask({ uid: 'u', tier: 'critical', cpu: '5' }, ['a', 'b'])].sort((x, y) => y[1] - x[1])[0] ?? [];
  assert.deepEqual(filter('v'), ['passed', 'a', 'b'], 'expected there, but not bound');
  rigged.show({ uid: 'u', tier: 'critical', cpu: '5', node: winner });
  assert.deepEqual(filter('v'), ['failed-some', winner === 'a' ? 'b' : 'a']);
  rigged.show({ uid: 'w', tier: 'critical', cpu: '5', node: winner === 'a' ? 'b' : 'a' });
  assert.deepEqual(filter('v'), ['spared', 'a', 'b']);
  rigged.extender.configure(SETTINGS);
  assert.deepEqual(filter('v'), ['off', 'a', 'b']);
});

/** Asks for a pod and binds it where `choose` says, given the scores. */
function place(rigged: Rig, uid: string, choose: (scores: Map<string, number>) => string): void {
  const names = Array.from({ length: 10 }, (_, index) => `n${index}`);
  rigged.show({ uid, tier: 'normal', cpu: '10m' });
  const scores = rigged.ask({ uid, tier: 'normal', cpu: '10m' }, names);
  rigged.show({ uid, tier: 'normal', cpu: '10m', node: choose(scores), boundAt: rigged.clock.now() });
}

const highest = (scores: Map<string, number>): string => [...scores].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';

test('notices that the scheduler does not follow, once, and that it follows again', async () => {
  const rigged = rig();
  const { extender, metrics, logged } = rigged;
  for (let index = 0; index < 10; index += 1) rigged.report(`n${index}`, tierLoad({ cores: 64 }));
  assert.equal(await sample(metrics, 'temper_extender_agreement_ratio'), Number.NaN);
  for (let index = 0; index < ENOUGH - 1; index += 1) place(rigged, `deaf-${index}`, () => `n${index % 10}`);
  assert.equal(extender.heard().heard, null);
  for (let index = 0; index < 150; index += 1) place(rigged, `still-${index}`, () => `n${index % 10}`);
  assert.equal(extender.heard().heard, false);
  assert.deepEqual(
    logged.map(({ level, id }) => [level, id]),
    [['warn', 'TMP4001']],
  );
  for (let index = 0; index < 200; index += 1) place(rigged, `heard-${index}`, highest);
  assert.equal(extender.heard().heard, true);
  assert.equal(extender.heard().ratio, 1);
  assert.equal(await sample(metrics, 'temper_extender_agreement_ratio'), 1);
  assert.ok(Math.abs(((await sample(metrics, 'temper_extender_agreement_by_chance_ratio')) ?? 0) - 0.1) < 1e-9);
  assert.deepEqual(
    logged.map(({ level }) => level),
    ['warn', 'info'],
  );
});

test('pods for which no node was preferred are no evidence', () => {
  const rigged = rig();
  for (let index = 0; index < 60; index += 1) place(rigged, `u-${index}`, () => 'n1');
  assert.equal(rigged.extender.heard().pods, 0);
});

test('pods bound, by whether we were asked', async () => {
  const rigged = twoNodes();
  const asked = (value: string) => sample(rigged.metrics, 'temper_extender_bound_pods_total', { asked: value });
  rigged.show({ uid: 'before', node: 'a', boundAt: NOW - 60_000 });
  rigged.show({
    uid: 'ds',
    node: 'a',
    metadata: { ownerReferences: [{ kind: 'DaemonSet', name: 'd', controller: true }] },
  });
  assert.deepEqual([await asked('yes'), await asked('no')], [null, null]);
  rigged.ask(CRITICAL, ['a', 'b']);
  rigged.show({ ...CRITICAL, node: 'a' });
  rigged.show({ ...CRITICAL, node: 'a', status: { phase: 'Running' } });
  rigged.show({ uid: 'silent', node: 'a' });
  assert.deepEqual([await asked('yes'), await asked('no')], [1, 1]);
});

test('nodes by freshness and reservations by state are exported', async () => {
  const rigged = twoNodes();
  rigged.report('c', null);
  rigged.report('d', '{"v":7}');
  rigged.report('e', 'x');
  rigged.report('f', tierLoad({ at: NOW - 3_600_000 }));
  rigged.report('g', tierLoad({ at: NOW + 300_000 }));
  const count = (freshness: string) => sample(rigged.metrics, 'temper_extender_nodes', { freshness });
  const states = ['fresh', 'missing', 'unknown-version', 'invalid', 'stale', 'skewed'];
  assert.deepEqual(await Promise.all(states.map(count)), [2, 1, 1, 1, 1, 1]);

  rigged.ask(CRITICAL, ['a', 'b']);
  rigged.show({ uid: 'v', cpu: '1', node: 'b' });
  const held = (state: string) => sample(rigged.metrics, 'temper_extender_reservations', { state });
  assert.deepEqual([await held('tentative'), await held('firm')], [1, 1]);
  rigged.clock.advance(5000);
  assert.deepEqual([await held('tentative'), await held('firm')], [0, 1]);
});
