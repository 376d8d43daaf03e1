import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CgroupTree } from '../../../agent/cgroups/tree.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { ids, ROWS } from './rows.ts';
import { containerId, fixture, scanned, scannerOf, treeIn, uidOf, underscored } from './trees.ts';

for (const { title, dirs, layout, kubepods, pods } of ROWS) {
  test(`found: ${title}`, (t) => {
    const made = fixture(t, 'init.scope', 'system.slice/ssh.service', 'user.slice', ...dirs);
    const tree = scanned(made);
    assert.equal(tree.problem, null);
    assert.equal(tree.layout, layout);
    assert.deepEqual(tree.kubepods, { path: kubepods, id: made.id(kubepods) });
    assert.deepEqual([...tree.pods.keys()], Object.keys(pods));
    for (const [uid, { path, containers }] of Object.entries(pods)) {
      const expected = Object.entries(containers).map(([label, name]) => {
        const below = `${path}/${name}`;
        return [ids[label], { path: below, id: made.id(below) }] as const;
      });
      assert.deepEqual(tree.pods.get(uid), { path, id: made.id(path), containers: new Map(expected) });
    }
  });
}

test('the parents of Burstable and BestEffort pods, each null where it is missing', (t) => {
  const made = fixture(t, 'kubepods.slice/kubepods-besteffort.slice');
  const path = 'kubepods.slice/kubepods-besteffort.slice';
  const { bestEffort, burstable } = scanned(made);
  assert.deepEqual([bestEffort, burstable], [{ path, id: made.id(path) }, null]);
});

const SYSTEMD_POD = `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${underscored(uidOf(1))}.slice`;

function assertNotUnderstood(tree: CgroupTree, problem: RegExp): void {
  assert.equal(tree.layout, null);
  assert.match(tree.problem ?? '', problem);
  assert.equal(tree.pods.size, 0);
  assert.equal(tree.kubepods, null);
}

test('two drivers at work are a mismatch, whether kubelet has a tree of its own or not', (t) => {
  const joined = `kubepods-burstable-pod${underscored(uidOf(1))}.slice:cri-containerd:${containerId('app')}`;
  for (const parent of ['system.slice/containerd.service', 'podruntime.slice', 'kubelet.slice/x.service']) {
    assertNotUnderstood(scanned(fixture(t, `${parent}/${joined}`)), /^mismatch: .*cri-containerd/);
    assertNotUnderstood(scanned(fixture(t, `${parent}/${joined}`, SYSTEMD_POD)), /^mismatch: /);
  }
});

test('a mismatch that begins later is found by a later search', (t) => {
  const made = fixture(t, SYSTEMD_POD);
  const scanner = scannerOf(made);
  assert.equal(treeIn(scanner.scan(new Set())).layout, 'systemd');
  made.make(`system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:${containerId('app')}`);
  const layouts = Array.from({ length: 11 }, () => treeIn(scanner.scan(new Set())).layout);
  assert.equal(layouts.at(-1), null);
});

test('no kubepods, and one that lies too deep', (t) => {
  assertNotUnderstood(scanned(fixture(t, 'system.slice')), /^missing: /);
  assertNotUnderstood(scanned(fixture(t, 'a/b/c/kubepods')), /^missing: /);
  assertNotUnderstood(scanned(fixture(t, 'other.slice/kubelet-kubepods.slice')), /^missing: /);
  assert.equal(scanned(fixture(t, 'a/b/kubepods')).layout, 'cgroupfs');
});

test('a mount that is not there is missing, not an error', (t) => {
  const made = fixture(t);
  made.remove('.');
  assertNotUnderstood(scanned(made), /^missing: /);
});

test("a tree that a pod makes in its own container is never taken for the node's", (t) => {
  const inner = `${SYSTEMD_POD}/cri-containerd-${containerId('app')}.scope/kubepods.slice/kubepods-pod${underscored(uidOf(2))}.slice`;
  const tree = scanned(fixture(t, inner));
  assert.deepEqual([...tree.pods.keys()], [uidOf(1)]);
  assert.equal(tree.problem, null);
});

test('of several trees the one that holds pods of this node, else none', (t) => {
  const nodes = ['a', 'b'].map((name) => `system.slice/docker-${containerId(name)}.scope`);
  const pods = nodes.map((node, index) => `${node}/kubelet/kubepods/pod${uidOf(index)}`);
  const made = fixture(t, ...pods);
  assertNotUnderstood(scanned(made), /^several: 2 kubepods directories, 0 of them/);
  assertNotUnderstood(scanned(made, [uidOf(0), uidOf(1)]), /^several: 2 kubepods directories, 2 of them/);
  const tree = scanned(made, [uidOf(1)]);
  assert.deepEqual([...tree.pods.keys()], [uidOf(1)]);
  assert.ok(tree.kubepods?.path.startsWith(nodes[1] ?? '?'));
});

test('hashes of static pods do not decide between trees: they repeat', (t) => {
  const hash = '0123456789abcdef0123456789abcdef';
  const made = fixture(t, `kubepods/pod${hash}`, 'kubepods.slice');
  assertNotUnderstood(scanned(made, [hash]), /^several/);
});

test('a tree that was the only one stays in use when another appears', (t) => {
  const made = fixture(t, SYSTEMD_POD);
  const scanner = scannerOf(made);
  treeIn(scanner.scan(new Set()));
  made.make('a/kubepods');
  for (let scans = 0; scans < 12; scans += 1) assert.equal(treeIn(scanner.scan(new Set())).layout, 'systemd');
});

test('what is not understood is reported, and the rest counts', (t) => {
  const made = fixture(
    t,
    `${SYSTEMD_POD}/cri-containerd-${containerId('app')}.scope`,
    `${SYSTEMD_POD}/runtime-of-tomorrow-1.scope`,
    'kubepods.slice/kubepods-burstable-pod1.slice',
    'kubepods.slice/kubepods-evil\u001b[31m.slice',
  );
  const { layout, problem, pods } = scanned(made);
  assert.equal(layout, 'systemd');
  assert.deepEqual([...pods.keys()], [uidOf(1)]);
  assert.match(problem ?? '', /^3 directories are not understood, e\.g\. "/);
  assert.ok(!problem?.includes('\u001b'));
});

test('of two directories of one uid the one with containers counts; two alike count neither', (t) => {
  const uid = underscored(uidOf(1));
  const other = `kubepods.slice/kubepods-pod${uid}.slice`;
  const made = fixture(t, SYSTEMD_POD, `${other}/cri-containerd-${containerId('app')}.scope`);
  assert.equal(scanned(made).pods.get(uidOf(1))?.path, other);
  made.make(`${SYSTEMD_POD}/cri-containerd-${containerId('b')}.scope`);
  const both = scanned(made);
  assert.equal(both.pods.size, 0);
  assert.match(both.problem ?? '', /1 pod has two directories/);
});

test('the leftover of two directories may be the outer one', (t) => {
  const outer = `kubepods.slice/kubepods-pod${underscored(uidOf(1))}.slice`;
  const made = fixture(t, outer, `${SYSTEMD_POD}/cri-containerd-${containerId('app')}.scope`);
  assert.equal(scanned(made).pods.get(uidOf(1))?.path, SYSTEMD_POD);
});

test('more directories than the bound: the problem says so', (t) => {
  const made = fixture(t, ...Array.from({ length: 30 }, (_, index) => `kubepods/pod${uidOf(index)}`));
  const { problem, pods } = scanned(made, [], { bounds: { maxDirs: 20, maxMs: 1000 } });
  assert.match(problem ?? '', /more than 20 directories/);
  assert.ok(pods.size < 20);
});

test('a scan that takes too long fails: what it did not get to is not gone', (t) => {
  const clock = new FakeClock();
  const made = fixture(t, SYSTEMD_POD);
  const slow = {
    dirsIn: () => {
      clock.advance(1500);
      return ['system.slice'];
    },
    stat: () => null,
  };
  const result = scannerOf(made, { clock, reader: slow }).scan(new Set());
  assert.deepEqual(result, { ok: false, problem: 'the scan took longer than 2000 ms' });
});
