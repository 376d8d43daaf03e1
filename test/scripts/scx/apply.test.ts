// With the real git: what it says is what is judged.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { applyExactly, applyPatch, describeFaults } from '../../../scripts/scx/apply.ts';
import { readApply } from '../../../scripts/scx/apply-report.ts';
import { readDiff } from '../../../scripts/scx/diff.ts';
import type { Patch } from '../../../scripts/scx/patches.ts';
import { lines, PATCH } from './patch-text.ts';
import { refusedAs } from './refused.ts';

const patch = (text: string): Patch => ({ name: '0001-a.patch', text, files: readDiff(text) });

function tree(t: TestContext, files: Readonly<Record<string, string>>): string {
  const base = mkdtempSync(join(tmpdir(), 'temper-tree-'));
  t.after(() => rmSync(base, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(base, 'tree', name)), { recursive: true });
    writeFileSync(join(base, 'tree', name), text);
  }
  return join(base, 'tree');
}

test('a patch that fits is applied, to all of its files', (t) => {
  const folder = tree(t, { 'src/a.c': lines(40) });
  applyExactly(folder, [patch(PATCH)]);
  assert.equal(readFileSync(join(folder, 'src/a.c'), 'utf8'), lines(40, { 5: 'five\n--- a/not/a/file', 30: 'thirty' }));
  assert.equal(readFileSync(join(folder, 'src/new.c'), 'utf8'), 'new\n');
});

test('patches are applied one upon the other', (t) => {
  const folder = tree(t, { 'src/a.c': lines(40) });
  const second = '--- a/src/new.c\n+++ b/src/new.c\n@@ -1 +1,2 @@\n new\n+newer\n';
  applyExactly(folder, [patch(PATCH), patch(second)]);
  assert.equal(readFileSync(join(folder, 'src/new.c'), 'utf8'), 'new\nnewer\n');
});

const MISFITS: Readonly<Record<string, readonly [before: Readonly<Record<string, string>>, words: RegExp]>> = {
  'a line more above: offset 1': [
    { 'src/a.c': `more\n${lines(40)}` },
    /src\/a\.c, hunk 1 at line 2 \(first\(\)\): fits only 1 line further down\n +src\/a\.c, hunk 2 at line 27 \(static int second\(void\)\): fits only 1 line further down/,
  ],
  'lines fewer between: the second hunk only': [
    { 'src/a.c': lines(40).replace('line 10\nline 11\n', '') },
    /0001-a\.patch\n +src\/a\.c, hunk 2 at line 27 .*: fits only 2 lines further up\n +cause/,
  ],
  'the outermost line of context differs, which is fuzz 1': [
    { 'src/a.c': lines(40, { 27: 'other' }) },
    /0001-a\.patch\n +src\/a\.c, hunk 2 at line 27 .*: fits nowhere\n +cause/,
  ],
  'a blank in the context differs': [{ 'src/a.c': lines(40, { 3: 'line  3' }) }, /hunk 1 at line 2 .*: fits nowhere/],
  'one hunk fits nowhere, one further down': [
    { 'src/a.c': `more\n${lines(40, { 5: 'other' })}` },
    /hunk 1 at line 2 .*: fits nowhere\n.*hunk 2 at line 27 .*: fits only 1 line further down/,
  ],
  'one hunk fits nowhere, what follows is where it says': [
    { 'src/a.c': lines(40, { 5: 'other' }) },
    /0001-a\.patch\n +src\/a\.c, hunk 1 at line 2 .*: fits nowhere\n +cause/,
  ],
  'a file is missing': [{ 'src/b.c': '' }, /error: src\/a\.c: No such file or directory/],
  'a file is there already': [{ 'src/a.c': lines(40), 'src/new.c': 'old\n' }, /src\/new\.c: already exists/],
};

for (const [what, [before, words]] of Object.entries(MISFITS))
  test(`refused: ${what}`, (t) => {
    const folder = tree(t, before);
    assert.throws(() => applyExactly(folder, [patch(PATCH)]), refusedAs('SCX04', words));
  });

test('a patch that was applied already is refused', (t) => {
  const folder = tree(t, { 'src/a.c': lines(40) });
  applyExactly(folder, [patch(PATCH)]);
  assert.throws(() => applyExactly(folder, [patch(PATCH)]), refusedAs('SCX04', /fits nowhere/));
});

test('a damaged patch is refused', (t) => {
  const folder = tree(t, { 'src/a.c': lines(40) });
  const cut = patch(PATCH.slice(0, PATCH.indexOf('+thirty')));
  assert.throws(() => applyExactly(folder, [cut]), refusedAs('SCX04', /corrupt patch/));
});

test('nothing outside of the tree is changed', (t) => {
  const folder = tree(t, { 'src/a.c': lines(40) });
  writeFileSync(join(folder, '../victim'), 'old\n');
  const out = patch('--- a/../victim\n+++ b/../victim\n@@ -1 +1 @@\n-old\n+new\n');
  assert.throws(() => applyExactly(folder, [out]), refusedAs('SCX04', /\.\.\/victim/));
  assert.equal(readFileSync(join(folder, '../victim'), 'utf8'), 'old\n');
});

test('a repository around it makes no difference', (t) => {
  const folder = tree(t, { 'src/a.c': lines(40) });
  spawnSync('git', ['init', '--quiet', dirname(folder)]);
  applyExactly(folder, [patch(PATCH)]);
  assert.match(readFileSync(join(folder, 'src/a.c'), 'utf8'), /thirty/);
});

test('what fits is applied where the rest is only looked at', (t) => {
  const folder = tree(t, { 'src/a.c': lines(40, { 5: 'other' }) });
  const faults = describeFaults(patch(PATCH), applyPatch(folder, patch(PATCH)));
  assert.deepEqual(faults, ['src/a.c, hunk 1 at line 2 (first()): fits nowhere']);
  assert.match(readFileSync(join(folder, 'src/a.c'), 'utf8'), /thirty/);
});

test('silence about a file is a fault, and so is a word that is not known', () => {
  const silent = describeFaults(patch(PATCH), readApply('Applied patch src/new.c cleanly.\n'));
  assert.deepEqual(silent, ['src/a.c: not applied']);
  const said = readApply(
    "Skipped patch 'src/a.c'.\nApplied patch src/a.c cleanly.\nApplied patch src/new.c cleanly.\n",
  );
  assert.deepEqual(describeFaults(patch(PATCH), said), ["Skipped patch 'src/a.c'."]);
});

test('the lines that git looked for are not taken for what it says', () => {
  const said =
    'error: while searching for:\nApplied patch src/a.c cleanly.\nHunk #1 succeeded at 3 (offset 1 line).\n\nerror: patch failed: src/a.c:2\n';
  assert.deepEqual(
    readApply(`Checking patch src/a.c...\n${said}Applying patch src/a.c with 1 reject...\nRejected hunk #1.\n`),
    {
      whole: [],
      misfits: [{ file: 'src/a.c', hunk: 1, offset: null }],
      other: [],
    },
  );
});
