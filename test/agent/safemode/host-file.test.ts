import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type FileReading, lookAt, removeFile, writeFile } from '../../../agent/safemode/host-file.ts';
import { watchHostFile } from '../../../agent/safemode/host-file-watch.ts';
import { until } from '../../kube/harness.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function directory(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'temper-safemode-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('written with its directory, found, removed; each as often as one likes', (t) => {
  const path = join(directory(t), 'run/temper/safe-mode');
  assert.deepEqual(lookAt(path), { state: 'absent' });
  for (let again = 0; again < 2; again += 1) assert.equal(writeFile(path, 'x'), null);
  assert.deepEqual(lookAt(path), { state: 'present' });
  assert.deepEqual(readdirSync(join(path, '..')), ['safe-mode'], 'no draft is left');
  for (let again = 0; again < 2; again += 1) assert.equal(removeFile(path), null);
  assert.deepEqual(lookAt(path), { state: 'absent' });
});

test('whatever has the name holds: a directory, a link to nowhere', (t) => {
  const base = directory(t);
  mkdirSync(join(base, 'directory'));
  symlinkSync('nowhere', join(base, 'link'));
  assert.deepEqual([lookAt(join(base, 'directory')).state, lookAt(join(base, 'link')).state], ['present', 'present']);
  assert.equal(removeFile(join(base, 'directory'))?.id, 'TMP3152');
});

test('what cannot be looked at holds, and says why', (t) => {
  const base = directory(t);
  writeFileSync(join(base, 'file'), '');
  const reading = lookAt(join(base, 'file/safe-mode'));
  assert.equal(reading.state, 'unreadable');
  assert.match(reading.state === 'unreadable' ? reading.detail : '', /ENOTDIR/);
});

test('where it cannot be written, the error says why and nothing is left', (t) => {
  const base = directory(t);
  writeFileSync(join(base, 'file'), '');
  symlinkSync('nowhere/deeper', join(base, 'run'));
  for (const [name, code] of [
    ['file', /ENOTDIR|EEXIST/],
    ['run', /ENOENT/],
  ] as const) {
    const problem = writeFile(join(base, name, 'safe-mode'), 'x');
    assert.equal(problem?.id, 'TMP3151');
    assert.match(problem?.detail ?? '', code);
  }
  assert.deepEqual(readdirSync(base).sort(), ['file', 'run']);
});

test('where only the name can be written, as on a full disk, an empty file does', (t) => {
  const path = join(directory(t), 'safe-mode');
  mkdirSync(`${path}.new`);
  assert.equal(writeFile(path, 'x'), null);
  assert.equal(readFileSync(path, 'utf8'), '');
});

function follow(t: TestContext, path: string) {
  const clock = new FakeClock();
  const seen: FileReading['state'][] = [];
  const watch = watchHostFile(path, clock, ({ state }) => seen.push(state));
  t.after(watch.stop);
  watch.start();
  return { clock, seen, watch };
}

test('looked at once at the start and then each second, also without a directory', (t) => {
  const path = join(directory(t), 'run/safe-mode');
  const { clock, seen } = follow(t, path);
  assert.deepEqual(seen, ['absent']);
  mkdirSync(join(path, '..'));
  writeFileSync(path, '');
  clock.advance(999);
  assert.equal(seen.at(-1), 'absent');
  clock.advance(1);
  assert.equal(seen.at(-1), 'present');
  rmSync(path);
  clock.advance(1_000);
  assert.equal(seen.at(-1), 'absent');
});

test('an event of the directory is faster than the second, also after it was made anew', async (t) => {
  const path = join(directory(t), 'run/safe-mode');
  mkdirSync(join(path, '..'));
  const { clock, seen } = follow(t, path);
  writeFileSync(path, '');
  await until(() => seen.at(-1) === 'present');
  rmSync(join(path, '..'), { recursive: true });
  await until(() => seen.at(-1) === 'absent');
  mkdirSync(join(path, '..'));
  clock.advance(1_000);
  writeFileSync(path, '');
  await until(() => seen.at(-1) === 'present');
});

test('nothing goes on after stop', (t) => {
  const { clock, seen, watch } = follow(t, join(directory(t), 'safe-mode'));
  watch.stop();
  clock.advance(10_000);
  assert.deepEqual([seen.length, clock.pending], [1, []]);
});
