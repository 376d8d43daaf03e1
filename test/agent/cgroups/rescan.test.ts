import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { DIR_READER, type DirReader } from '../../../agent/cgroups/dir-reader.ts';
import type { CgroupScanner } from '../../../agent/cgroups/scan.ts';
import { isSameTree } from '../../../agent/cgroups/to-tree.ts';
import type { CgroupTree } from '../../../agent/cgroups/tree.ts';
import { containerId, type Fixture, fixture, scanned, scannerOf, treeIn, uidOf } from './trees.ts';

const pod = (label: string | number): string => `kubepods/burstable/pod${uidOf(label)}`;
const container = (label: string | number, name: string): string => `${pod(label)}/${containerId(name)}`;

/** The real reader, which does something before it answers and counts lists. */
function spying(before: (verb: 'dirsIn' | 'stat', path: string) => void = () => {}) {
  const listed: string[] = [];
  const reader: DirReader = {
    dirsIn(path) {
      before('dirsIn', path);
      listed.push(path);
      return DIR_READER.dirsIn(path);
    },
    stat(path) {
      before('stat', path);
      return DIR_READER.stat(path);
    },
  };
  return { reader, listed };
}

function scan(scanner: CgroupScanner): CgroupTree {
  return treeIn(scanner.scan(new Set()));
}

/** Whatever was remembered, a scan finds what a new scanner finds. */
function assertTrue(found: CgroupTree, made: Fixture): void {
  assert.deepEqual(found, scanned(made));
}

test('500 pods that stayed as they were are not listed again', (t) => {
  const pods = Array.from({ length: 500 }, (_, index) =>
    ['app', 'proxy'].map((name) => container(index, `${index} ${name}`)),
  );
  const made = fixture(t, ...pods.flat());
  const { reader, listed } = spying();
  const scanner = scannerOf(made, { reader });
  const first = scan(scanner);
  assert.equal(first.pods.size, 500);
  listed.length = 0;
  const second = scan(scanner);
  assert.deepEqual(listed, [`${made.mount}/kubepods`, `${made.mount}/kubepods/burstable`]);
  assertTrue(second, made);
  for (const [uid, cgroup] of first.pods) assert.equal(second.pods.get(uid), cgroup);
  assert.ok(isSameTree(first, second));
});

/** All there is, one pod at a time. */
function scanInParts(scanner: CgroupScanner): CgroupTree {
  const parts = scanner.outline() ?? [];
  const looks = parts.map((path) => scanner.look(new Set([path])));
  const last = looks.at(-1);
  return last === undefined || looks.includes(null) || last === null ? scan(scanner) : treeIn(last);
}

for (const [how, scanAgain] of Object.entries({ 'as a whole': scan, 'in parts': scanInParts })) {
  test(`each change of a pod is seen: made, removed, replaced, in any order, ${how}`, (t) => {
    const made = fixture(t, container(1, 'a'), container(1, 'b'), container(2, 'c'));
    const scanner = scannerOf(made);
    const changes: Array<() => void> = [
      () => made.make(container(1, 'new')),
      () => made.remove(container(1, 'a')),
      () => {
        made.remove(container(1, 'b'));
        made.make(container(1, 'restarted'));
      },
      () => {
        made.remove(pod(1));
        made.make(`${pod(1)}/other`, container(1, 'again'));
      },
      () => made.remove(pod(2)),
      () => made.make(container(3, 'd'), 'kubepods/besteffort'),
      () => made.remove('kubepods/burstable'),
      () => made.remove('kubepods'),
      () => made.make('kubepods.slice'),
    ];
    let before = scan(scanner);
    for (const [index, change] of changes.entries()) {
      change();
      const after = scanAgain(scanner);
      assertTrue(after, made);
      assert.ok(!isSameTree(before, after), `change ${index}`);
      before = after;
    }
  });
}

test('the outline names what is there and what was, and none where a parent is another or a search finds another root', (t) => {
  const made = fixture(t, container(1, 'a'), container(2, 'b'), 'kubepods/besteffort');
  const scanner = scannerOf(made);
  assert.equal(scanner.outline(), null, 'nothing was read yet');
  scan(scanner);
  made.make(pod(3));
  made.remove(pod(2));
  assert.deepEqual(scanner.outline()?.toSorted(), [pod(1), pod(2), pod(3)].sort());
  renameSync(join(made.mount, 'kubepods/besteffort'), join(made.mount, 'elsewhere'));
  assert.equal(scanner.outline(), null, 'a parent has gone');
  made.make('kubepods/besteffort');
  assert.equal(scanner.outline(), null, 'and was made anew');
  scan(scanner);
  assert.notEqual(scanner.outline(), null);
  made.make('kubelet.slice/kubelet-kubepods.slice');
  const outlines = Array.from({ length: 11 }, () => scanner.outline());
  assert.equal(outlines.at(-1), null, 'a second root');
});

test('a directory made anew under the same name is another cgroup, also where all else is alike', (t) => {
  const made = fixture(t, container(1, 'a'));
  const scanner = scannerOf(made);
  const first = scan(scanner).pods.get(uidOf(1));
  // Moved, not removed, so that the file system cannot give its inodes away again.
  renameSync(join(made.mount, pod(1)), join(made.mount, 'elsewhere'));
  made.make(container(1, 'a'));
  const second = scan(scanner).pods.get(uidOf(1));
  assert.equal(second?.id, made.id(pod(1)));
  assert.equal(second?.containers.get(containerId('a'))?.id, made.id(container(1, 'a')));
  assert.equal(first?.path, second?.path);
});

test('a pod without containers that is made anew likewise', (t) => {
  const made = fixture(t, pod(1));
  const scanner = scannerOf(made);
  scan(scanner);
  renameSync(join(made.mount, pod(1)), join(made.mount, 'elsewhere'));
  made.make(pod(1));
  assert.equal(scan(scanner).pods.get(uidOf(1))?.id, made.id(pod(1)));
});

/** Each look of the first scan, and of one that remembers the first. */
function* moments(): Generator<[nth: number, isWarm: boolean]> {
  for (let nth = 1; nth <= 40; nth += 1) {
    yield [nth, false];
    yield [nth, true];
  }
}

/** A scan during which one thing happens before the nth look; at any n it must end without an error. */
function racing(t: TestContext, happens: (made: Fixture) => void): void {
  const made = fixture(t);
  for (const [nth, isWarm] of moments()) {
    made.make(container(1, 'a'), container(1, 'b'), container(2, 'c'), 'kubepods/besteffort');
    let left = Number.POSITIVE_INFINITY;
    const { reader } = spying(() => {
      left -= 1;
      if (left === 0) happens(made);
    });
    const scanner = scannerOf(made, { reader });
    if (isWarm) scan(scanner);
    left = nth;
    scan(scanner);
    left = Number.POSITIVE_INFINITY;
    // What was half seen is put right by the next scan.
    assertTrue(scan(scanner), made);
  }
}

test('a pod that vanishes at any moment of a scan', (t) => {
  racing(t, (made) => made.remove(pod(1)));
});

test('a container that vanishes at any moment of a scan', (t) => {
  racing(t, (made) => made.remove(container(1, 'a')));
});

test('a pod that is replaced at any moment of a scan', (t) => {
  racing(t, (made) => {
    made.remove(pod(1));
    made.make(container(1, 'z'));
  });
});

test('all pods that vanish at any moment of a scan', (t) => {
  racing(t, (made) => made.remove('kubepods'));
});

test('a pod that is replaced between its id and its list is left out, never mixed', (t) => {
  const made = fixture(t, container(1, 'a'));
  let isArmed = true;
  const { reader } = spying((verb, path) => {
    if (!isArmed || verb !== 'dirsIn' || !path.endsWith(pod(1))) return;
    isArmed = false;
    renameSync(join(made.mount, pod(1)), join(made.mount, 'elsewhere'));
    made.make(container(1, 'z'));
  });
  const scanner = scannerOf(made, { reader });
  assert.equal(scan(scanner).pods.size, 0);
  assert.deepEqual([...(scan(scanner).pods.get(uidOf(1))?.containers.keys() ?? [])], [containerId('z')]);
});

test('no descriptors left: the scan fails and the next one finds all', (t) => {
  const made = fixture(t, container(1, 'a'));
  let isOut = false;
  const { reader } = spying((verb) => {
    if (isOut && verb === 'dirsIn') throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
  });
  const scanner = scannerOf(made, { reader });
  scan(scanner);
  isOut = true;
  assert.deepEqual(scanner.scan(new Set()), { ok: false, problem: 'EMFILE: too many open files' });
  isOut = false;
  assertTrue(scan(scanner), made);
});

test('a directory that may not be read fails the scan', (t) => {
  const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
  const { reader } = spying(() => {
    throw denied;
  });
  assert.deepEqual(scannerOf(fixture(t), { reader }).scan(new Set()), { ok: false, problem: denied.message });
});

test('on a file system that does not count links every pod is listed, with the same result', (t) => {
  const made = fixture(t, container(1, 'a'));
  const { reader, listed } = spying();
  const uncounted: DirReader = {
    ...reader,
    stat: (path) => {
      const stat = reader.stat(path);
      return stat === null ? null : { ...stat, links: 1 };
    },
  };
  const scanner = scannerOf(made, { reader: uncounted });
  scan(scanner);
  listed.length = 0;
  assertTrue(scan(scanner), made);
  assert.ok(listed.includes(`${made.mount}/${pod(1)}`));
});

test('a look at what has changed finds what a scan of all finds, and reads nothing else', (t) => {
  const pods = Array.from({ length: 50 }, (_, index) => container(index, `${index} app`));
  const made = fixture(t, ...pods);
  const looked: string[] = [];
  const { reader } = spying((_verb, path) => looked.push(path.slice(made.mount.length + 1)));
  const scanner = scannerOf(made, { reader });
  const before = scan(scanner);
  const look = (path: string): CgroupTree => treeIn(scanner.look(new Set([path])) ?? assert.fail('it cannot tell'));
  const changes: Array<readonly [change: () => void, at: string]> = [
    [() => made.make(container('new', 'app')), pod('new')],
    [() => made.make(container(1, 'another')), pod(1)],
    [() => made.remove(pod(2)), pod(2)],
    [() => made.remove(pod('new')), pod('new')],
    [
      () => {
        made.remove(pod(3));
        made.make(container(3, 'again'));
      },
      pod(3),
    ],
  ];
  for (const [change, at] of changes) {
    change();
    looked.length = 0;
    const found = look(at);
    assert.ok(looked.length > 0 && looked.every((path) => path.startsWith(at)), looked.join());
    assertTrue(found, made);
    assert.equal(found.pods.get(uidOf(9)), before.pods.get(uidOf(9)));
  }
});

test('what only a scan of all can tell is not told by a look', (t) => {
  const made = fixture(t, container(1, 'a'));
  const scanner = scannerOf(made);
  const cannotTell = (path: string): void => {
    assert.equal(scanner.look(new Set([path])), null, path);
    assertTrue(scan(scanner), made);
  };
  // Nothing is known yet.
  cannotTell(pod(1));
  const twin = `kubepods/besteffort/pod${uidOf(1)}`;
  made.make(`kubepods/besteffort/pod${uidOf(2)}/${containerId('b')}`);
  cannotTell('kubepods/besteffort');
  // Two directories of one uid, and back.
  made.make(`${twin}/${containerId('c')}`);
  cannotTell(twin);
  made.remove(twin);
  cannotTell(twin);
  made.make(`${pod(1)}/what-is-this`);
  cannotTell(pod(1));
  made.remove(`${pod(1)}/what-is-this`);
  cannotTell(pod(1));
  made.remove('kubepods/burstable');
  cannotTell('kubepods/burstable');
});

test('after a scan that was not whole a look tells nothing', (t) => {
  const made = fixture(t, container(1, 'a'), container(2, 'b'), container(3, 'c'));
  const scanner = scannerOf(made, { bounds: { maxDirs: 4, maxMs: 2_000 } });
  assert.match(scan(scanner).problem ?? '', /not scanned to its end/);
  assert.equal(scanner.look(new Set([pod(1)])), null);
});
