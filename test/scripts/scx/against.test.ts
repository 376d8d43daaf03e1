import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PIN } from '../../../patches/pin.ts';
import { describeAgainst } from '../../../scripts/scx/against.ts';
import { readDiff } from '../../../scripts/scx/diff.ts';
import { compareTrees } from '../../../scripts/scx/upstream.ts';
import { PATCH } from './patch-text.ts';

test('two versions are compared file by file', (t) => {
  const parent = mkdtempSync(join(tmpdir(), 'temper-upstream-'));
  t.after(() => rmSync(parent, { recursive: true }));
  const write = (path: string, text: string): void => {
    mkdirSync(join(parent, path, '..'), { recursive: true });
    writeFileSync(join(parent, path), text);
  };
  write('pin/src/same.c', 'x\n');
  write('other/src/same.c', 'x\n');
  write('pin/src/a c.c', 'one\ntwo\n');
  write('other/src/a c.c', 'one\n2\nthree\n');
  write('pin/gone.c', 'x\ny\n');
  write('other/new.c', 'x\n');
  const changes = compareTrees(parent, 'pin', 'other');
  assert.deepEqual(
    changes.sort((a, b) => (a.path < b.path ? -1 : 1)),
    [
      { path: 'gone.c', added: 0, removed: 2, only: 'before' },
      { path: 'new.c', added: 1, removed: 0, only: 'after' },
      { path: 'src/a c.c', added: 2, removed: 1, only: null },
    ],
  );
  assert.deepEqual(compareTrees(parent, 'pin', 'pin'), []);
});

test('told are the files that patches touch, and of each patch what does not go in', () => {
  const [one, two] = ['0001-a.patch', '0002-b.patch'].map((name) => ({ name, text: PATCH, files: readDiff(PATCH) }));
  assert.ok(one !== undefined && two !== undefined);
  const changes = [
    { path: 'src/a.c', added: 3, removed: 1, only: null },
    { path: 'src/new.c', added: 9, removed: 0, only: 'after' },
    { path: 'src/other.c', added: 1, removed: 1, only: null },
  ] as const;
  const lines = describeAgainst(
    '9.0.0',
    [one, two],
    changes,
    new Map([['0002-b.patch', ['src/a.c, hunk 1: fits nowhere']]]),
  );
  assert.deepEqual(lines, [
    `from ${PIN.version} to 9.0.0 upstream changed 2 of the 2 files that the patches touch, and 1 others`,
    '  src/a.c: +3 -1',
    '  src/new.c: is new, +9',
    '0001-a.patch: goes in as it is',
    '0002-b.patch: needs to be rebased',
    '  src/a.c, hunk 1: fits nowhere',
  ]);
  const [gone] = describeAgainst(
    '9.0.0',
    [one],
    [{ path: 'src/a.c', added: 0, removed: 5, only: 'before' }],
    new Map(),
  ).slice(1);
  assert.equal(gone, '  src/a.c: is gone');
});
