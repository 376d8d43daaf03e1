import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Joined, joinCgroups } from '../../../agent/cgroups/join.ts';
import { notUnderstood } from '../../../agent/cgroups/to-tree.ts';
import type { CgroupTree, PodCgroup } from '../../../agent/cgroups/tree.ts';
import type { AgentPod } from '../../../agent/pods/agent-pod.ts';
import { agentPod } from '../pods/agent-pods.ts';
import { containerId, hashOf, uidOf } from './trees.ts';

let lastId = 100n;

function cgroup(...containers: string[]): PodCgroup {
  lastId += 1n;
  const id = lastId;
  return {
    path: `kubepods/pod-${id}`,
    id,
    containers: new Map(
      containers.map((label, index) => [containerId(label), { path: label, id: id * 1000n + BigInt(index) }]),
    ),
  };
}

function treeOf(pods: Readonly<Record<string, PodCgroup>>): CgroupTree {
  const kubepods = { path: 'kubepods', id: 1n };
  return {
    layout: 'cgroupfs',
    problem: null,
    kubepods,
    bestEffort: null,
    burstable: null,
    pods: new Map(Object.entries(pods)),
  };
}

const podsOf = (...pods: AgentPod[]): ReadonlyMap<string, AgentPod> => new Map(pods.map((pod) => [pod.uid, pod]));

const join = (pods: ReadonlyMap<string, AgentPod>, tree: CgroupTree, before: Joined | null = null): Joined =>
  joinCgroups([...pods.values()], tree, before);

/** The cgroup's id or the reason, by name of the pod; and the uids of what is left. */
function shown(joined: Pick<Joined, 'places'>, pods: ReadonlyMap<string, AgentPod>): Record<string, bigint | string> {
  assert.deepEqual([...joined.places.keys()].sort(), [...pods.keys()].sort());
  return Object.fromEntries(
    [...joined.places].map(([uid, place]) => [
      pods.get(uid)?.name ?? '',
      place.cgroup === null ? place.reason : place.cgroup.id,
    ]),
  );
}

test('by uid, by the hash of a static pod, not yet, and not known yet', () => {
  const hash = hashOf('etcd');
  const [app, etcd, stranger] = [cgroup('app', 'sandbox'), cgroup('etcd'), cgroup('x')];
  const tree = treeOf({ [uidOf('app')]: app, [hash]: etcd, [uidOf('stranger')]: stranger });
  const pods = podsOf(
    agentPod('app', { containerIds: [containerId('app'), containerId('app-2')] }),
    agentPod('etcd', { cgroupUid: hash, containerIds: [containerId('etcd')] }),
    agentPod('new'),
  );
  const joined = join(pods, tree);
  assert.deepEqual(shown(joined, pods), { app: app.id, etcd: etcd.id, new: 'no cgroup yet' });
  assert.deepEqual(joined.unknown, [{ uid: uidOf('stranger'), cgroup: stranger }]);
  assert.deepEqual(joined.places.get(uidOf('app')), { cgroup: app, unseen: [containerId('app-2')] });
});

test('a static pod with a uid of its own is found by its container', () => {
  const own = cgroup('proxy');
  const pods = podsOf(agentPod('proxy', { containerIds: [containerId('proxy')] }));
  assert.deepEqual(shown(join(pods, treeOf({ [uidOf('manifest')]: own })), pods), { proxy: own.id });
});

test('a custom uid with underscores is found in both layouts', () => {
  const own = cgroup('a');
  const pods = podsOf(agentPod('a', { cgroupUid: 'my_static_pod', containerIds: [containerId('a')] }));
  assert.deepEqual(shown(join(pods, treeOf({ 'my-static-pod': own })), pods), { a: own.id });
});

test('kata: the pod is found though none of its containers has a directory', () => {
  const own = cgroup('sandbox');
  const pods = podsOf(agentPod('vm', { containerIds: [containerId('app')] }));
  const { places } = join(pods, treeOf({ [uidOf('vm')]: own }));
  assert.deepEqual(places.get(uidOf('vm')), { cgroup: own, unseen: [containerId('app')] });
});

test('a tree that is not understood gives every pod the reason', () => {
  const pods = podsOf(agentPod('app'));
  const { places } = join(pods, notUnderstood('mismatch: x'));
  assert.deepEqual(places.get(uidOf('app')), {
    cgroup: null,
    reason: 'the cgroup tree is not understood: mismatch: x',
  });
});

const HASH = hashOf('kube-apiserver');

test("a forged hash does not win another pod's cgroup", () => {
  const [server, victim] = [cgroup('server'), cgroup('victim')];
  const tree = treeOf({ [HASH]: server, [uidOf('victim')]: victim });
  const forger = agentPod('forger', { cgroupUid: HASH, containerIds: [containerId('forger')] });
  const mirror = agentPod('mirror', { cgroupUid: HASH, containerIds: [containerId('server')] });
  const thief = agentPod('thief', { cgroupUid: uidOf('victim') });
  const pods = podsOf(forger, mirror, thief, agentPod('victim'));
  const result = shown(join(pods, tree), pods);
  assert.deepEqual([result['mirror'], result['victim']], [server.id, victim.id]);
  assert.equal(result['thief'], 'no cgroup yet');
  assert.equal(typeof result['forger'], 'string');
  // Nor while the pod whose it is is not known: nobody has it then.
  const alone = podsOf(forger);
  const { places, unknown } = join(alone, tree);
  assert.match(Object.values(shown({ places }, alone)).join(), /not confirmed yet/);
  assert.equal(unknown.length, 2);
});

test('what was confirmed holds after a restart of the container that the API has not told of', () => {
  const before = cgroup('old');
  const pods = podsOf(agentPod('mirror', { cgroupUid: HASH, containerIds: [containerId('old')] }));
  const first = join(pods, treeOf({ [HASH]: before }));
  const restarted = { ...cgroup('new'), id: before.id };
  assert.deepEqual(shown(join(pods, treeOf({ [HASH]: restarted }), first), pods), { mirror: before.id });
  // Another directory is another cgroup, to be confirmed anew.
  assert.match(String(shown(join(pods, treeOf({ [HASH]: cgroup('new') }), first), pods)['mirror']), /not confirmed/);
});

test('two pods that claim one container: who has held it keeps it, else nobody gets it', () => {
  const own = cgroup('c');
  const tree = treeOf({ [HASH]: own });
  const claim = { containerIds: [containerId('c')] };
  const [a, b] = [agentPod('a', claim), agentPod('b', claim)];
  const both = podsOf(a, b);
  const joined = join(both, tree);
  assert.deepEqual(new Set(Object.values(shown(joined, both))), new Set(['2 pods claim the same cgroup']));
  assert.equal(joined.unknown.length, 1);
  const held = join(both, tree, join(podsOf(b), tree));
  assert.deepEqual(shown(held, both), { a: '2 pods claim the same cgroup', b: own.id });
});

test('no cgroup is two pods’, and the order of pods decides nothing', () => {
  const label = fc.integer({ min: 0, max: 4 });
  const pod = fc.record({ own: label, named: label, containers: fc.array(label, { maxLength: 3 }) });
  fc.assert(
    fc.property(
      fc.uniqueArray(pod, { selector: ({ own }) => own }),
      fc.uniqueArray(fc.tuple(label, fc.array(label, { maxLength: 2 })), { selector: ([own]) => own }),
      (specs, dirs) => {
        const tree = treeOf(Object.fromEntries(dirs.map(([own, ids]) => [uidOf(own), cgroup(...ids.map(String))])));
        const pods = specs.map(({ own, named, containers }) =>
          agentPod(own, { cgroupUid: uidOf(named), containerIds: containers.map(containerId) }),
        );
        const joined = join(podsOf(...pods), tree);
        const taken = [...joined.places.values()].flatMap(({ cgroup: place }) => (place === null ? [] : [place.id]));
        const left = joined.unknown.map(({ cgroup: place }) => place.id);
        assert.equal(new Set([...taken, ...left]).size, tree.pods.size);
        assert.equal(taken.length + left.length, tree.pods.size);
        const reversed = join(podsOf(...pods.reverse()), tree);
        for (const [uid, place] of joined.places) assert.deepEqual(reversed.places.get(uid), place);
        // So one that is known already is the same, made anew or not, also where tiers are others.
        const known = join(podsOf(...pods), tree);
        const others = podsOf(...pods.map((one) => ({ ...one, tier: 'low' as const })));
        assert.equal(join(others, tree, known), known);
        assert.deepEqual(join(others, { ...tree }, known).places, known.places);
      },
    ),
  );
});
