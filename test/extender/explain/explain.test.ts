import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPod } from '../../../src/model/pod.ts';
import { NOW, type PodParts, podObject, type Rig, rig, tierLoad } from '../support.ts';

function fleet(): Rig {
  const rigged = rig();
  rigged.report('a', tierLoad({ requests: { critical: 1000, low: 500 }, pressureSome10: 2.5 }));
  rigged.report('b', tierLoad({ at: NOW - 1_000_000 }));
  rigged.report('c', tierLoad({ protection: 'ready' }), { safeMode: 'true' });
  rigged.report('d', tierLoad({ requests: { critical: 7000 } }));
  rigged.report('e', null);
  return rigged;
}

function explain(rigged: Rig, parts: PodParts) {
  const reading = readPod(podObject(parts));
  assert.ok(reading.ok);
  return rigged.extender.scoreAll(reading.pod);
}

test('a node: what it reports, what is reserved, what a pod of each tier would score', () => {
  const rigged = fleet();
  rigged.show({ uid: 'f', tier: 'high', cpu: '1500m', node: 'a' });
  rigged.ask({ uid: 't', tier: 'normal', cpu: '250m' }, ['a', 'd']);
  const node = rigged.extender.explainNode('a');
  assert.deepEqual(node?.lines, [
    'node a: its report is 0 s old (fresh)',
    'protects (enforcing)',
    'critical: 1 pod asks for 1',
    'high: 0 pods ask for 0, 1500m bound since',
    'normal: 0 pods ask for 0, 250m expected',
    'low: 1 pod asks for 500m',
    'a critical pod of 1 CPU would score 6: the fence with this pod, and High, need 3500m of 7 CPUs: 48 % headroom, lowered by 2.5 % CPU pressure',
    'a high pod of 1 CPU would score 6: the fence, and High with this pod, need 3500m of 7 CPUs: 48 % headroom, lowered by 2.5 % CPU pressure',
    'a normal pod of 1 CPU would score 5: the fence, High, and Normal with this pod, need 3750m of 7 CPUs: 45 % headroom, lowered by 2.5 % CPU pressure',
    'a low pod of 1 CPU would score 6: all pods with this one ask for 4250m of 8 CPUs: 53 % full',
    'a background pod of 1 CPU would score 6: all pods with this one ask for 4250m of 8 CPUs: 53 % full',
  ]);
  assert.deepEqual(JSON.parse(JSON.stringify(node)), node, 'it is plain JSON');
});

test('a node that does not count says why', () => {
  const { extender } = fleet();
  const first = (name: string) => extender.explainNode(name)?.lines.slice(0, 3);
  assert.deepEqual(first('b'), [
    'node b: its last report is 1000 s old, more than 3 × 300 s (stale)',
    'does not count as protecting',
    'a critical pod of 1 CPU would score 1: nothing known that counts: its last report is 1000 s old, more than 3 × 300 s',
  ]);
  assert.deepEqual(first('c'), [
    'node c: its report is 0 s old (fresh)',
    'does not count as protecting; safe mode is requested by annotation',
    'a critical pod of 1 CPU would score 1: does not protect: safe mode is requested by annotation',
  ]);
  assert.equal(first('e')?.[0], 'node e: it has no tier-load annotation: no agent reports for it (missing)');
  assert.equal(extender.explainNode('never seen'), null);
});

test('every state of a report has words', () => {
  const rigged = rig();
  const words = (load: Parameters<Rig['report']>[1]) => {
    rigged.report('n', load);
    return rigged.extender.explainNode('n')?.lines[0];
  };
  assert.match(words(tierLoad({ at: NOW + 90_000 })) ?? '', /dated 90 s ahead.*\(skewed\)/);
  assert.match(words(tierLoad({ at: NOW + 30_000 })) ?? '', /0 s old \(fresh\)/);
  assert.match(words('{"v":2}') ?? '', /version that is not known here \(unknown-version\)/);
  assert.match(words('[') ?? '', /not understood \(not-json\) \(invalid\)/);
});

test('a placement: tier, request, the winner and the runner-up, and where the pod went', () => {
  const rigged = fleet();
  rigged.report('a2', tierLoad({ requests: { critical: 1000, low: 500 }, pressureSome10: 2.5 }));
  const parts = { uid: 'u', name: 'web-1', tier: 'critical', cpu: '500m' } as const;
  rigged.ask(parts, ['a', 'a2', 'b', 'c', 'd', 'e']);
  const before = rigged.extender.explainPlacement('u');
  const [winner = '', loser = ''] = before?.answer?.best?.name === 'a' ? ['a', 'a2'] : ['a2', 'a'];
  const why = 'the fence with this pod, and High, need 2 of 7 CPUs: 69 % headroom, lowered by 2.5 % CPU pressure';
  const lines = [
    'pod shop/web-1 is critical: priority 1000000 (temper-critical) is at least 1000000',
    'it asked for 500m CPU originally',
    '6 nodes were scored, 3 of them with nothing known that counts',
    `preferred ${winner} with 8: ${why}`,
    `runner-up ${loser} with 7: ${why}; one less, for another node is as good or better`,
  ];
  assert.deepEqual(before?.lines, lines);
  assert.equal(before?.binding, null);

  rigged.clock.advance(1000);
  rigged.show({ ...parts, node: 'd', boundAt: rigged.clock.now() });
  const after = rigged.extender.explainPlacement('u');
  assert.deepEqual(after?.lines, [...lines, 'bound to d, which we did not prefer']);
  assert.deepEqual(after?.binding, { node: 'd', at: NOW + 1000, firstChoice: false });
  assert.deepEqual(JSON.parse(JSON.stringify(after)), after, 'it is plain JSON');
});

test('a placement without a preference, and one that was not scored', () => {
  const rigged = fleet();
  rigged.ask({ uid: 'u', tier: 'high', cpu: '1' }, ['b', 'c', 'e']);
  assert.equal(
    rigged.extender.explainPlacement('u')?.lines.at(-1),
    'no node was preferred: nothing known tells the highest ones apart',
  );
  rigged.show({ uid: 'u', tier: 'high', cpu: '1', node: 'b' });
  assert.equal(rigged.extender.explainPlacement('u')?.lines.at(-1), 'bound to b; we had no preference');

  rigged.ask({ uid: 'd', metadata: { ownerReferences: [{ kind: 'DaemonSet', name: 'x', controller: true }] } }, ['b']);
  const daemon = rigged.extender.explainPlacement('d');
  assert.equal(daemon?.notScored, 'a DaemonSet has chosen its node already');
  assert.equal(daemon?.lines.at(-1), 'not scored: a DaemonSet has chosen its node already');
  assert.equal(rigged.extender.explainPlacement('never asked for'), null);
});

test('a posted pod is scored on every node and reserves nothing', () => {
  const rigged = fleet();
  const first = explain(rigged, { tier: 'critical', cpu: '1' });
  assert.deepEqual(
    first.nodes.map(({ name, score }) => [name, score]),
    [
      ['a', 8],
      ['b', 1],
      ['c', 1],
      ['e', 1],
      ['d', 0],
    ],
  );
  assert.equal(first.notScored, null);
  assert.match(first.lines.at(-1) ?? '', /^0 d: no room: the fence with this pod, and High, need 8 of 7 CPUs$/);
  assert.deepEqual(explain(rigged, { tier: 'critical', cpu: '1' }), first);
  assert.equal(rigged.extender.explainPlacement('uid-1'), null);
});

test('a posted pod that is not ours says so; many nodes are cut short for people', () => {
  const rigged = rig();
  for (let index = 0; index < 30; index += 1) rigged.report(`n${index}`, tierLoad());
  const forged = explain(rigged, { cpu: '1', metadata: { annotations: { 'temper.codes/original-requests': '{' } } });
  assert.equal(forged.nodes.length, 30);
  assert.equal(forged.lines.at(2), 'its original-requests annotation does not count: not-json');
  assert.equal(forged.lines.at(-1), 'and 10 more nodes');
  const system = explain(rigged, { namespace: 'kube-system', spec: { priority: 2_000_000_000 } });
  assert.deepEqual(
    [system.notScored, system.nodes.length],
    ['a system pod has no tier and is placed by the scheduler alone', 0],
  );
});
