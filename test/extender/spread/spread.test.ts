// The replicas that are known of, and what they do to the scores; test/extender/spread/bound.test.ts has what follows from it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TENTATIVE_MS } from '../../../extender/reservations/tentative.ts';
import { type PodParts, podObject, podView, type Rig, rig, tierLoad } from '../support.ts';

const owned = (uid: string, kind = 'ReplicaSet') => ({
  ownerReferences: [{ apiVersion: kind === 'Job' ? 'batch/v1' : 'apps/v1', kind, name: 'web', uid, controller: true }],
});
const replica = (uid: string, more: PodParts = {}): PodParts => ({ uid, cpu: '100m', metadata: owned('rs'), ...more });

/** `best` is the emptiest by far; each in a zone of its own but `c` and `d`. */
const NAMES = ['best', 'b', 'c', 'd'];

function fleet(): Rig {
  const rigged = rig();
  const zones = ['x', 'y', 'z', 'z'];
  for (const [index, name] of NAMES.entries()) {
    rigged.report(name, tierLoad({ requests: { high: index * 1500 } }), { zone: zones[index] ?? null });
  }
  return rigged;
}

/** Where the extender wants the pod. */
function preferred(rigged: Rig, parts: PodParts): string | undefined {
  const scores = [...rigged.ask(parts, NAMES)];
  return scores.sort(([, a], [, b]) => b - a)[0]?.[0];
}

function forget(rigged: Rig, uid: string): void {
  rigged.pods.delete(`shop/pod-${uid}`);
}

test('one after the other goes to the best of the nodes with the fewest replicas', () => {
  const rigged = fleet();
  const order = ['1', '2', '3', '4', '5'].map((uid) => preferred(rigged, replica(uid)));
  assert.deepEqual(order, ['best', 'b', 'c', 'd', 'best']);
});

test('a replica that is expected counts until it is known not to be there', () => {
  const rigged = fleet();
  preferred(rigged, replica('1'));
  rigged.clock.advance(TENTATIVE_MS);
  assert.equal(preferred(rigged, replica('2')), 'best');
  rigged.show(replica('2', { node: 'd' }));
  assert.equal(preferred(rigged, replica('3')), 'best');
});

test('a replica that is bound counts until it is gone or going, however old it is', () => {
  const rigged = fleet();
  rigged.show(replica('1', { node: 'best' }));
  rigged.clock.advance(600_000);
  for (const [index, name] of NAMES.entries()) {
    rigged.report(name, tierLoad({ at: rigged.clock.now(), requests: { high: index * 1500 } }), {
      zone: `zone-${index}`,
    });
  }
  assert.equal(preferred(rigged, replica('2')), 'b');
  forget(rigged, '1');
  assert.equal(preferred(rigged, replica('3')), 'best');
  const going = { ...owned('rs'), deletionTimestamp: '2026-11-21T10:00:00Z' };
  rigged.show(replica('3', { node: 'best' }));
  assert.equal(preferred(rigged, replica('4')), 'c', 'the second is still expected on b');
  rigged.show(replica('3', { node: 'best', metadata: going }));
  assert.equal(preferred(rigged, replica('5')), 'best');
});

test('asked again, a pod does not count itself', () => {
  const rigged = fleet();
  assert.equal(preferred(rigged, replica('1')), 'best');
  assert.equal(preferred(rigged, replica('1')), 'best');
});

test('replicas of another controller, and pods that the scheduler does not spread, hold nothing back', () => {
  const rigged = fleet();
  rigged.show(replica('1', { node: 'best', metadata: owned('other') }));
  assert.equal(preferred(rigged, replica('2')), 'best');
  for (const uid of ['3', '4']) {
    assert.equal(preferred(rigged, { uid, cpu: '100m' }), 'best', 'a bare pod');
    assert.equal(preferred(rigged, { uid: `job-${uid}`, cpu: '100m', metadata: owned('job', 'Job') }), 'best');
    const spec = {
      topologySpreadConstraints: [{ topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' }],
    };
    assert.equal(preferred(rigged, replica(`own-${uid}`, { metadata: owned('own'), spec })), 'best');
  }
});

test('a node that changes its zone takes its replicas along', () => {
  const rigged = fleet();
  rigged.show(replica('1', { node: 'd' }));
  rigged.show(replica('2', { node: 'd' }));
  assert.equal(preferred(rigged, replica('3')), 'best');
  rigged.report('d', tierLoad(), { zone: 'y' });
  assert.equal(preferred(rigged, replica('4')), 'c', 'no longer in the zone of two');
  rigged.nodes.delete('d');
  assert.equal(preferred(rigged, replica('5')), 'b', 'a node that is gone is in no zone');
});

test('soft constraints of its own say what it is spread over', () => {
  const over = (topologyKey: string) => {
    const rigged = fleet();
    const spec = { topologySpreadConstraints: [{ topologyKey, whenUnsatisfiable: 'ScheduleAnyway' }] };
    for (const node of ['best', 'b', 'd']) rigged.show(replica(`on-${node}`, { node, spec }));
    return preferred(rigged, replica('1', { spec }));
  };
  assert.equal(over('kubernetes.io/hostname'), 'c');
  assert.equal(over('topology.kubernetes.io/zone'), 'best');
});

test('a node that lost its level to spread says so', () => {
  const rigged = fleet();
  rigged.show(replica('1', { node: 'best' }));
  rigged.show(replica('2', { node: 'd' }));
  const object = podObject(replica('3', { name: 'web-3' }));
  rigged.ask(replica('3', { name: 'web-3' }), NAMES);
  assert.deepEqual(rigged.extender.explainPlacement('3')?.lines.slice(2), [
    '4 nodes were scored, 0 of them with nothing known that counts',
    '2 of them held back, for spread comes first: others cost less in it',
    'preferred b with 8: the fence, High, and Normal with this pod, need 1600m of 7 CPUs: 77 % headroom',
    "runner-up best with 4: the fence, High, and Normal with this pod, need 200m of 7 CPUs: 97 % headroom; held back from 10, for spread comes first: 1 of the controller's pods here, 1 in its zone",
  ]);
  assert.equal(podView(object).spread, 'nodes-and-zones');
});

test('a node that cannot protect counts one replica more, and is the one when it costs least all the same', () => {
  const rigged = rig();
  rigged.report('able', tierLoad());
  rigged.report('not', tierLoad({ protection: 'none' }));
  const names = ['able', 'not'];
  const critical = (uid: string) => Object.fromEntries(rigged.ask(replica(uid, { tier: 'critical' }), names));
  assert.deepEqual(critical('1'), { able: 9, not: 1 });
  assert.deepEqual(critical('2'), { able: 9, not: 1 }, 'the second is worth it');
  assert.deepEqual(critical('3'), { able: 0, not: 1 }, 'a third is not');
});
