import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ChangedFile, diffFaults, readDiff } from '../../../scripts/scx/diff.ts';
import { headerFaults, readHeader } from '../../../scripts/scx/header.ts';
import { readPatches } from '../../../scripts/scx/patches.ts';
import { DIFF, HEADER, PATCH } from './patch-text.ts';
import { refusedAs } from './refused.ts';

test('a field of a header goes on until the next, and none begins in the diff', () => {
  const fields = readHeader(`${HEADER}Why: not this\n`);
  assert.equal(fields.get('Why'), 'it was old,\nand that for long');
  assert.equal(fields.get('Subject'), 'the second line is new');
  assert.equal(readHeader('Why:\n\n In a paragraph.\n\ndiff --git a/x b/x\nTest: x').get('Why'), 'In a paragraph.');
  assert.equal(readHeader('Why: x\ndiff --git a/x b/x\n Test: x\nTest: x').get('Test'), undefined);
});

test('each field is needed, with something in it, and the licence is the one', () => {
  assert.deepEqual(headerFaults(PATCH), []);
  for (const field of ['Subject', 'Why', 'Upstream', 'Test', 'SPDX-License-Identifier']) {
    const faults = headerFaults(PATCH.replace(new RegExp(`^${field}: .*\n(?: .*\n)*`, 'm'), ''));
    assert.deepEqual(faults, [`no ${field}:`]);
  }
  assert.deepEqual(headerFaults(PATCH.replace('Upstream: not sent', 'Upstream:')), ['no Upstream:']);
  const other = headerFaults(PATCH.replace('GPL-2.0-only', 'GPL-2.0-or-later'));
  assert.deepEqual(other, ['SPDX-License-Identifier: GPL-2.0-or-later, not GPL-2.0-only']);
});

test('files and hunks of a diff, whatever its lines look like', () => {
  const at = ({ path, hunks }: ChangedFile) => [
    path,
    ...hunks.map(({ line, near, added, removed }) => [line, near, added, removed]),
  ];
  assert.deepEqual(readDiff(PATCH).map(at), [
    ['src/a.c', [2, 'first()', 2, 1], [27, 'static int second(void)', 1, 1]],
    ['src/new.c', [0, '', 1, 0]],
  ]);
  const removed =
    '--- a/gone.c\t2026-01-01\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-one\n-two\n\\ No newline at end of file\n';
  assert.deepEqual(readDiff(removed).map(at), [['gone.c', [1, '', 0, 2]]]);
  assert.deepEqual(diffFaults(removed), []);
});

test('a patch that changes nothing, or more than text, is refused', () => {
  assert.deepEqual(diffFaults(DIFF), []);
  assert.deepEqual(diffFaults(HEADER), ['it changes nothing']);
  assert.deepEqual(diffFaults('--- a/x\n+++ b/x\n'), ['no hunk for x']);
  const wrong = DIFF.replace('-27,7 +28,7', '-27,7 +27,7');
  assert.deepEqual(diffFaults(wrong), ['src/a.c, hunk 2: its line after is 28, not 27']);
  assert.match(diffFaults(`${DIFF}diff --git a/x b/y\nrename from x\nrename to y\n`).join(), /"rename from": only/);
  assert.match(diffFaults(`${DIFF}diff --git a/x b/x\nGIT binary patch\n`).join(), /"GIT binary patch": only/);
});

function folder(t: TestContext, files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'temper-patches-'));
  t.after(() => rmSync(path, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

test('a folder is read in the order of its series', (t) => {
  const both = folder(t, {
    series: '0001-a.patch\n0002-b.patch\n',
    '0001-a.patch': PATCH,
    '0002-b.patch': PATCH,
    'pin.ts': '',
  });
  assert.deepEqual(
    readPatches(both).map(({ name, files }) => [name, files.length]),
    [
      ['0001-a.patch', 2],
      ['0002-b.patch', 2],
    ],
  );
  assert.deepEqual(readPatches(folder(t, { series: '# none\n' })), []);
});

test('a patch that is stray, missing or not whole stops it', (t) => {
  const stray = folder(t, { series: '', '0001-a.patch': PATCH });
  assert.throws(() => readPatches(stray), refusedAs('SCX02', /0001-a.patch is not in the series/));
  const missing = folder(t, { series: '0001-a.patch\n' });
  assert.throws(() => readPatches(missing), refusedAs('SCX02', /0001-a.patch is not there/));
  const bare = folder(t, { series: '0001-a.patch\n', '0001-a.patch': DIFF });
  assert.throws(() => readPatches(bare), refusedAs('SCX03', /0001-a.patch: no Subject:; no Why:/));
});

test("temper's own patches are whole", () => {
  assert.doesNotThrow(() => readPatches());
});
