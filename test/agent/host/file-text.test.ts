import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readBytes, readText, readTextSync } from '../../../agent/host/file-text.ts';

const dir = mkdtempSync(join(tmpdir(), 'temper-text-'));
after(() => rmSync(dir, { recursive: true, force: true }));

const path = (name: string) => join(dir, name);
writeFileSync(path('small'), '0-3\n');
writeFileSync(path('page'), 'x'.repeat(64 * 1024));
writeFileSync(path('large'), 'x'.repeat(64 * 1024 + 1));
mkdirSync(path('dir'));

test('both readers answer alike', async () => {
  const table = [
    ['small', { kind: 'text', text: '0-3' }],
    ['page', { kind: 'text', text: 'x'.repeat(64 * 1024) }],
    ['large', { kind: 'unreadable', why: 'it is larger than 65536 bytes' }],
    ['dir', { kind: 'unreadable', why: 'it is a directory' }],
    ['nothing', { kind: 'absent' }],
    ['small/below', { kind: 'absent' }],
  ] as const;
  for (const [name, expected] of table) {
    assert.deepEqual(await readText(path(name)), expected, name);
    assert.deepEqual(readTextSync(path(name)), expected, name);
  }
});

test('a file is read whole up to its limit, and not beyond', async () => {
  const whole = await readBytes(path('large'), 64 * 1024 + 1);
  assert.equal(whole.kind === 'bytes' && whole.bytes.length, 64 * 1024 + 1);
  assert.deepEqual(await readText(path('small'), 3), { kind: 'unreadable', why: 'it is larger than 3 bytes' });
});

test('a FIFO without a writer is an empty file, not a wait', async () => {
  execFileSync('mkfifo', [path('fifo')]);
  assert.deepEqual(await readText(path('fifo')), { kind: 'text', text: '' });
  assert.deepEqual(readTextSync(path('fifo')), { kind: 'text', text: '' });
});

test('texts are not mixed up by the shared buffer', () => {
  writeFileSync(path('long'), 'a'.repeat(1000));
  assert.deepEqual(readTextSync(path('long')), { kind: 'text', text: 'a'.repeat(1000) });
  assert.deepEqual(readTextSync(path('small')), { kind: 'text', text: '0-3' });
});
