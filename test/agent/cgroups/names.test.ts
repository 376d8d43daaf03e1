import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  isMismatch,
  isNodeContainer,
  parsePod,
  parsePodPart,
  parseQosDir,
  parseRoot,
} from '../../../agent/cgroups/names.ts';

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const uid = fc.oneof(fc.uuid(), hex(32));
const qos = fc.constantFrom('burstable', 'besteffort', null);
const prefix = fc.constantFrom('', 'kubelet', 'a-b');
const anyName = fc.oneof(fc.string(), fc.stringMatching(/^[-_.a-z0-9:]{0,80}$/));

/** A root of systemd's names; kubelet repeats the prefix in each. */
const rootOf = (name: string) => {
  const stem = name === '' ? 'kubepods' : `${name}-kubepods`;
  const root = parseRoot(`${stem}.slice`, name === '' ? '' : `${name}.slice`);
  assert.ok(root !== null);
  assert.deepEqual(root, { layout: 'systemd', stem });
  return root;
};
const PLAIN = { layout: 'cgroupfs', stem: '' } as const;

test('the uid that kubelet put into a name comes out again, in both layouts', () => {
  fc.assert(
    fc.property(uid, qos, prefix, (pod, level, name) => {
      const root = rootOf(name);
      const dir = `${root.stem}${level === null ? '' : `-${level}`}-pod${pod.replaceAll('-', '_')}.slice`;
      assert.equal(parsePod(dir, root, level), pod);
      assert.equal(parsePod(`pod${pod}`, PLAIN, level), pod);
    }),
  );
});

test("a pod's name counts only below the parent that it fits, and only as a whole", () => {
  fc.assert(
    fc.property(uid, qos, qos, fc.stringMatching(/^[./: -]$/), (pod, level, other, junk) => {
      const root = rootOf('');
      const dir = `kubepods${level === null ? '' : `-${level}`}-pod${pod.replaceAll('-', '_')}.slice`;
      if (other !== level) assert.equal(parsePod(dir, root, other), null);
      for (const wrong of [
        `${dir}${junk}`,
        `${junk}${dir}`,
        `x${dir}`,
        dir.replace('.slice', ''),
        dir.replace('pod', ''),
      ]) {
        assert.equal(parsePod(wrong, root, level), null, wrong);
      }
      assert.equal(parsePod(`pod${pod}${junk}`, PLAIN, level), null);
    }),
  );
});

test("a dash in a slice's name is a level of its own, never a part of the uid", () => {
  assert.equal(parsePod(`kubepods-pod${'ab'.repeat(16)}-x.slice`, rootOf(''), null), null);
  assert.equal(parsePod('kubepods-burstable-pod1.slice', rootOf(''), null), null);
});

test('no name is two things at once, and none throws', () => {
  fc.assert(
    fc.property(anyName, anyName, qos, prefix, (name, parent, level, root) => {
      for (const under of [rootOf(root), PLAIN]) {
        const asPod = parsePod(name, under, level);
        assert.ok(asPod === null || parseQosDir(name, under) === null);
        const part = parsePodPart(name, under.layout);
        if (part !== null && part !== 'no-workload') assert.match(part.container, /^[0-9a-f]{64}$/);
      }
      assert.ok(parseRoot(name, parent) === null || !isMismatch(name));
      isNodeContainer(name, parent);
    }),
  );
});

test('containers of every runtime by their full id, in the form of the layout', () => {
  fc.assert(
    fc.property(hex(64), (id) => {
      for (const runtime of ['cri-containerd-', 'crio-', 'docker-', 'kata_']) {
        assert.deepEqual(parsePodPart(`${runtime}${id}.scope`, 'systemd'), { container: id });
        assert.equal(parsePodPart(`${runtime}${id.slice(1)}.scope`, 'systemd'), null);
      }
      for (const runtime of ['', 'crio-', 'kata_']) {
        assert.deepEqual(parsePodPart(`${runtime}${id}`, 'cgroupfs'), { container: id });
        assert.equal(parsePodPart(`${runtime}${id}0`, 'cgroupfs'), null);
      }
      assert.equal(parsePodPart(id, 'systemd'), null);
      assert.equal(parsePodPart(`crio-${id}.scope`, 'cgroupfs'), null);
      for (const suffix of ['', '.scope']) {
        assert.equal(parsePodPart(`crio-conmon-${id}${suffix}`, 'systemd'), 'no-workload');
      }
    }),
  );
});

test("which directory is all pods' parent", () => {
  const table: Array<[name: string, parent: string, stem: string | null]> = [
    ['kubepods.slice', '', 'kubepods'],
    ['kubepods', 'anything', ''],
    ['kubelet-kubepods.slice', 'kubelet.slice', 'kubelet-kubepods'],
    ['a-b-kubepods.slice', 'a-b.slice', 'a-b-kubepods'],
    ['kubelet-kubepods.slice', '', null],
    ['kubelet-kubepods.slice', 'other.slice', null],
    ['-kubepods.slice', '.slice', null],
    ['kubepods-burstable.slice', 'kubepods.slice', null],
    ['mykubepods', '', null],
  ];
  for (const [name, parent, stem] of table) assert.equal(parseRoot(name, parent)?.stem ?? null, stem, name);
});
